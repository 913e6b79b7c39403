-- +goose Up
-- What a held line wants by itself: when (due), whether its new messages are looked for
-- (attended), and when its flag was last compared with the provider.
ALTER TABLE lines ADD COLUMN due BIGINT NOT NULL DEFAULT 0;      -- milliseconds since 1970 UTC; 0 is never
ALTER TABLE lines ADD COLUMN attended BIGINT NOT NULL DEFAULT 0; -- 1 or 0
ALTER TABLE lines ADD COLUMN compared BIGINT NOT NULL DEFAULT 0; -- milliseconds since 1970 UTC
CREATE INDEX lines_due ON lines (due) WHERE due > 0;
CREATE INDEX lines_attended ON lines (provider, end_user, agent) WHERE attended = 1;
CREATE INDEX lines_compared ON lines (compared) WHERE state = 'held';
-- Lines that were taken before are looked after from now on, and get an end.
UPDATE lines SET attended = 1, due = 1 WHERE state <> 'ai';

-- How far a reader of a provider's list has come, and whose turn it is to read it.
CREATE TABLE cursors (
    name    TEXT PRIMARY KEY,
    at      TEXT NOT NULL DEFAULT '', -- RFC 3339 with the fraction that the provider gave
    next_at BIGINT NOT NULL DEFAULT 0 -- nobody reads before; milliseconds since 1970 UTC
);

-- +goose Down
DROP TABLE cursors;
DROP INDEX lines_compared;
DROP INDEX lines_attended;
DROP INDEX lines_due;
ALTER TABLE lines DROP COLUMN compared;
ALTER TABLE lines DROP COLUMN attended;
ALTER TABLE lines DROP COLUMN due;
