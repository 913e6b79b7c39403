-- What all replicas have used of Slack's limits, by the server's clock. Empty on SQLite, where one
-- process keeps them in memory.
CREATE TABLE budgets (
    key       TEXT PRIMARY KEY, -- Slack's method, with the channel where each has its own limit
    full_at   BIGINT NOT NULL DEFAULT 0, -- when the calls that were made count no more
    urgency   BIGINT NOT NULL DEFAULT 0, -- of the most urgent call that waits
    claimed   BIGINT NOT NULL DEFAULT 0  -- until when less urgent calls leave it the next turn
);

ALTER TABLE cards ADD COLUMN silent BIGINT NOT NULL DEFAULT 1; -- 1 if it may say that the AI is silent, else 0
