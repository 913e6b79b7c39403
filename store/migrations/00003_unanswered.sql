-- 1 if the end user is known to wait and neither the AI nor a person answers, else 0.
ALTER TABLE lines ADD COLUMN unanswered BIGINT NOT NULL DEFAULT 0;
CREATE INDEX lines_unanswered ON lines (since) WHERE unanswered = 1;
