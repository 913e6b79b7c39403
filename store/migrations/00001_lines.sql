-- +goose Up
CREATE TABLE lines (
    id         TEXT PRIMARY KEY,
    version    BIGINT NOT NULL,
    provider   TEXT NOT NULL,
    end_user   TEXT NOT NULL,
    agent      TEXT NOT NULL,
    state      TEXT NOT NULL,
    since      BIGINT NOT NULL, -- of the state; milliseconds since 1970 UTC
    body       TEXT NOT NULL,   -- takeover.Line as JSON
    UNIQUE (provider, end_user, agent)
);
CREATE INDEX lines_state ON lines (state, since);

CREATE TABLE inbox (
    seq         {{serial}},
    key         TEXT NOT NULL UNIQUE, -- the request's natural key
    body        TEXT NOT NULL,        -- takeover.Command as JSON
    received_at BIGINT NOT NULL,      -- milliseconds since 1970 UTC
    worked_at   BIGINT NOT NULL DEFAULT 0,
    attempts    BIGINT NOT NULL DEFAULT 0,
    next_at     BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX inbox_waiting ON inbox (seq) WHERE worked_at = 0;

CREATE TABLE audit (
    seq  {{serial}},
    key  TEXT NOT NULL UNIQUE,
    line TEXT NOT NULL,
    at   BIGINT NOT NULL, -- milliseconds since 1970 UTC
    body TEXT NOT NULL    -- takeover.Entry as JSON
);
CREATE INDEX audit_line ON audit (line, seq);

CREATE TABLE posts (
    key         TEXT PRIMARY KEY,
    channel     TEXT NOT NULL DEFAULT '',
    ts          TEXT NOT NULL DEFAULT '',
    drawn       BIGINT NOT NULL DEFAULT 0, -- the line's version that a card shows
    extra       TEXT NOT NULL DEFAULT '',
    changed_at  BIGINT NOT NULL DEFAULT 0  -- milliseconds since 1970 UTC
);

CREATE TABLE leases (
    key   TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    until BIGINT NOT NULL -- milliseconds since 1970 UTC
);

-- +goose Down
DROP TABLE leases;
DROP TABLE posts;
DROP TABLE audit;
DROP TABLE inbox;
DROP TABLE lines;
