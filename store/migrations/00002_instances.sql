-- +goose Up
-- The replicas that live, so that the others take over from one that died. Empty on
-- SQLite, where there is one process.
CREATE TABLE instances (
    id    TEXT PRIMARY KEY,
    until BIGINT NOT NULL -- dead after this, by the server's clock; milliseconds since 1970 UTC
);

-- +goose Down
DROP TABLE instances;
