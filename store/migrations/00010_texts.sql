-- What operators write to end users, in the order in which it was written.
CREATE TABLE texts (
    seq        {{serial}},
    id         TEXT NOT NULL UNIQUE,
    line       TEXT NOT NULL,
    source     TEXT NOT NULL, -- the message in Slack: its channel, a slash, its ts; empty for a modal
    state      TEXT NOT NULL,
    message    TEXT NOT NULL, -- how the provider names it; empty until it has accepted it
    changed_at BIGINT NOT NULL,
    body       TEXT NOT NULL
);
CREATE INDEX texts_open ON texts (line, seq) WHERE state IN ('waiting', 'leaving');
CREATE INDEX texts_unsure ON texts (seq) WHERE state IN ('leaving', 'unsure');
CREATE INDEX texts_source ON texts (source) WHERE source <> '';
CREATE INDEX texts_message ON texts (message) WHERE message <> '';

-- Reports of a provider about texts whose receipt is not stored yet.
CREATE TABLE reports (
    seq        {{serial}},
    message    TEXT NOT NULL,
    changed_at BIGINT NOT NULL,
    body       TEXT NOT NULL
);
CREATE INDEX reports_message ON reports (message);
