-- +goose Up
-- Every reply in a thread of any channel is looked up: is it below a card?
CREATE INDEX posts_place ON posts (ts, channel);

-- +goose Down
DROP INDEX posts_place;
