-- Pictures that operators send, while providers fetch them.
CREATE TABLE pictures (
    token   TEXT PRIMARY KEY, -- nobody can guess it
    type    TEXT NOT NULL,    -- as in Content-Type
    content BYTEA NOT NULL,
    until   BIGINT NOT NULL   -- handed out until then, by the database's clock
);
CREATE INDEX pictures_until ON pictures (until);
