-- What channels asked their providers and what was answered, and silence alarms that a person sets.

-- Owner: inbox. Kept a day and bounded by channel; losing it loses nothing.
CREATE TABLE inbox_exchange (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    channel_id   integer NOT NULL,
    message_id   bigint,                               -- the message it was asked for
    protocol     text NOT NULL,                        -- http, smtp, imap
    at           timestamptz NOT NULL,
    last_at      timestamptz NOT NULL,
    n            integer NOT NULL DEFAULT 1,           -- how often the same was asked and answered
    request      text NOT NULL,
    status       integer,
    is_fine      boolean NOT NULL,
    reason       text NOT NULL DEFAULT '',             -- why no answer came
    milliseconds integer NOT NULL,
    sent         text NOT NULL,
    answer       text NOT NULL,
    digest       bytea                                 -- of what repeats; null where it belongs to a message
);
CREATE UNIQUE INDEX inbox_exchange_same ON inbox_exchange (channel_id, digest) WHERE digest IS NOT NULL;
CREATE INDEX inbox_exchange_newest ON inbox_exchange (channel_id, last_at DESC, id DESC);
CREATE INDEX inbox_exchange_message ON inbox_exchange (message_id) WHERE message_id IS NOT NULL;
CREATE INDEX inbox_exchange_age ON inbox_exchange (last_at);

-- Owner: inbox. "Tell me after two hours without a message, in these hours", beside what is learnt.
CREATE TABLE inbox_silence_rule (
    channel_id  integer PRIMARY KEY REFERENCES inbox_channel (id) ON DELETE CASCADE,
    after_hours double precision NOT NULL CHECK (after_hours > 0),
    opens       smallint NOT NULL DEFAULT 0,           -- first minute of the day that counts, in `zone`
    closes      smallint NOT NULL DEFAULT 1440,        -- the minute after the last that counts
    days        smallint[] NOT NULL,                   -- ISO weekdays that count
    zone        text NOT NULL,
    since       timestamptz NOT NULL DEFAULT now()     -- nothing before it counts
);

-- Owner: hub. An alarm that somebody has taken note of.
ALTER TABLE hub_alarm ADD COLUMN dismissed_at timestamptz;
