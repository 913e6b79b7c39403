-- What Slack said last of people, of user groups and of the bot itself.
CREATE TABLE slack_known (
    key  TEXT PRIMARY KEY, -- what it is about
    body TEXT NOT NULL,    -- JSON, as package people writes it
    at   BIGINT NOT NULL   -- when Slack said so
);
CREATE INDEX slack_known_at ON slack_known (at);

-- The person of whom the bot has to learn first whether he or she may do this; empty if the
-- command may take effect.
ALTER TABLE inbox ADD COLUMN awaits TEXT NOT NULL DEFAULT '';
CREATE INDEX inbox_awaits ON inbox (awaits) WHERE worked_at = 0 AND awaits <> '';
