-- The post that what the end user writes next is added to, as JSON; empty if there is none.
ALTER TABLE shown ADD COLUMN burst TEXT NOT NULL DEFAULT '';
