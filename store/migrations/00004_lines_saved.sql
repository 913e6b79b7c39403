-- When the line was last saved; 0 is not known.
ALTER TABLE lines ADD COLUMN saved BIGINT NOT NULL DEFAULT 0;
