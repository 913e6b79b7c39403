-- Conversations that a search found, by the line that they belong to: a button names one.
CREATE TABLE conversations (
    line     TEXT NOT NULL,
    id       TEXT NOT NULL,
    found_at BIGINT NOT NULL,
    PRIMARY KEY (line, id)
);
CREATE INDEX conversations_found ON conversations (found_at);
