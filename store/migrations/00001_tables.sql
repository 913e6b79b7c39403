-- All times are milliseconds since 1970 UTC, unless said otherwise.

-- The body of a line is takeover.Line as JSON. The other columns are what is searched for.
CREATE TABLE lines (
    id         TEXT PRIMARY KEY,
    version    BIGINT NOT NULL,
    provider   TEXT NOT NULL,
    end_user   TEXT NOT NULL,
    agent      TEXT NOT NULL,
    state      TEXT NOT NULL,
    since      BIGINT NOT NULL,           -- of the state
    due        BIGINT NOT NULL DEFAULT 0, -- when the line needs its next step; 0 is never
    attended   BIGINT NOT NULL DEFAULT 0, -- 1 if new messages of the line are looked for, else 0
    compared   BIGINT NOT NULL DEFAULT 0, -- when all its flags were last read as it wants them
    compare_at BIGINT NOT NULL DEFAULT 0, -- when they are to be read next; 0 is never
    body       TEXT NOT NULL,
    UNIQUE (provider, end_user, agent)
);
CREATE INDEX lines_state ON lines (state, since);
CREATE INDEX lines_due ON lines (due) WHERE due > 0;
CREATE INDEX lines_watched ON lines (due) WHERE due > 0 AND attended = 0;
CREATE INDEX lines_attended ON lines (provider, end_user, agent) WHERE attended = 1;
CREATE INDEX lines_compare ON lines (provider, compare_at) WHERE compare_at > 0;

-- Requests that were acknowledged, in the order in which they are applied.
CREATE TABLE inbox (
    seq         {{serial}},
    key         TEXT NOT NULL UNIQUE, -- the request's natural key
    body        TEXT NOT NULL,        -- takeover.Command as JSON
    received_at BIGINT NOT NULL,
    worked_at   BIGINT NOT NULL DEFAULT 0,
    attempts    BIGINT NOT NULL DEFAULT 0,
    next_at     BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX inbox_waiting ON inbox (seq) WHERE worked_at = 0;

CREATE TABLE audit (
    seq  {{serial}},
    key  TEXT NOT NULL UNIQUE,
    line TEXT NOT NULL,
    at   BIGINT NOT NULL,
    body TEXT NOT NULL -- takeover.Entry as JSON
);
CREATE INDEX audit_line ON audit (line, seq);

-- What the bot posted, or was about to post.
CREATE TABLE posts (
    key         TEXT PRIMARY KEY,
    channel     TEXT NOT NULL,
    ts          TEXT NOT NULL,   -- empty while it is not known whether it was posted
    begun       BIGINT NOT NULL, -- when it was first tried; 0 once it has a ts
    file        TEXT NOT NULL,   -- the id of the file that is being shared
    changed_at  BIGINT NOT NULL
);

-- The card of each line.
CREATE TABLE cards (
    line    TEXT PRIMARY KEY,
    channel TEXT NOT NULL,
    ts      TEXT NOT NULL,
    drawn   BIGINT NOT NULL -- the line's version that it shows
);
-- Every reply in a thread of any channel is looked up: is it below a card?
CREATE INDEX cards_place ON cards (ts, channel);

-- Direct messages, which are changed in place.
CREATE TABLE direct_messages (
    key        TEXT PRIMARY KEY,
    channel    TEXT NOT NULL,
    ts         TEXT NOT NULL,
    written    BIGINT NOT NULL, -- of the entry that it tells; microseconds since 1970 UTC
    changed_at BIGINT NOT NULL
);

-- Messages to the whole channel whose cause is not over.
CREATE TABLE alarms (
    line       TEXT NOT NULL,
    event       TEXT NOT NULL, -- what was told
    channel    TEXT NOT NULL,
    ts         TEXT NOT NULL,
    holder     TEXT NOT NULL, -- who held the line then
    PRIMARY KEY (line, event)
);

-- App Homes that are kept up to date, and what was published there.
CREATE TABLE homes (
    viewer    TEXT PRIMARY KEY,
    page      BIGINT NOT NULL,
    opened_at BIGINT NOT NULL,
    digest    TEXT NOT NULL,
    as_of     BIGINT NOT NULL -- seconds since 1970 UTC
);
CREATE INDEX homes_opened ON homes (opened_at);

-- What the thread of a card shows of each conversation: digests of message keys, with a space
-- between two.
CREATE TABLE shown (
    line         TEXT NOT NULL,
    conversation TEXT NOT NULL,
    card         TEXT NOT NULL,   -- the card's ts
    keys         TEXT NOT NULL,   -- what is shown, oldest first
    whole        BIGINT NOT NULL, -- 1 if nothing before the first key was left out or is forgotten, else 0
    posting      TEXT NOT NULL,   -- what is being posted
    changed_at   BIGINT NOT NULL,
    PRIMARY KEY (line, conversation)
);

-- How far a reader of a provider's list has come.
CREATE TABLE cursors (
    name TEXT PRIMARY KEY,
    at   TEXT NOT NULL -- RFC 3339 with the fraction that the provider gave
);

-- Work that one process at a time does.
CREATE TABLE leases (
    key   TEXT PRIMARY KEY,
    owner TEXT NOT NULL, -- the process, and a number that is different for each of its leases
    taken BIGINT NOT NULL,
    until BIGINT NOT NULL
);

-- The processes that share the database, so that the others take over the work of one
-- that died. Empty on SQLite, where there is one process.
CREATE TABLE replicas (
    id    TEXT PRIMARY KEY,
    until BIGINT NOT NULL -- it is dead after this, by the server's clock
);
