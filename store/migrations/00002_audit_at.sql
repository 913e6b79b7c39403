-- What happened in a few seconds is told in one message, and old entries are removed by their time.
CREATE INDEX audit_at ON audit (at);
