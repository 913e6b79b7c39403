-- The texts of one line, which are read with its conversation. What an end user wrote is among them,
-- with the state "received".
CREATE INDEX texts_line ON texts (line, seq);
