-- What doors refused, who is told of what is wrong, answers to repeated requests, and webhooks that can be paused and rotated.

-- Owner: inbox. Counts of a day and its reasons; the newest requests themselves are kept a day.
CREATE TABLE inbox_refused (
    channel_id integer NOT NULL,                       -- 0: an address where there is no channel
    hour       timestamptz NOT NULL,
    status     smallint NOT NULL,
    reason     text NOT NULL,
    n          bigint NOT NULL,
    first_at   timestamptz NOT NULL,
    last_at    timestamptz NOT NULL,
    PRIMARY KEY (channel_id, hour, status, reason)
);
CREATE TABLE inbox_refused_request (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    channel_id integer NOT NULL,
    at         timestamptz NOT NULL,
    status     smallint NOT NULL,
    reason     text NOT NULL,
    meta       jsonb NOT NULL,
    body       bytea NOT NULL
);
CREATE INDEX inbox_refused_request_channel ON inbox_refused_request (channel_id, id DESC);

-- Owner: hub. The answer to a request that came with an Idempotency-Key.
CREATE TABLE hub_idempotency (
    token_id   integer NOT NULL REFERENCES hub_token ON DELETE CASCADE,
    key        text NOT NULL,
    asked      bytea NOT NULL,                         -- sha256 of method, path and body
    status     smallint NOT NULL,
    body       bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (token_id, key)
);
CREATE INDEX hub_idempotency_age ON hub_idempotency (created_at);

ALTER TABLE hub_webhook
    ADD COLUMN is_paused boolean NOT NULL DEFAULT false,
    ADD COLUMN old_secret text NOT NULL DEFAULT '',    -- encrypted; signs beside the new one while it is rotated
    ADD COLUMN old_until timestamptz;
ALTER TABLE hub_webhook_delivery
    ADD COLUMN seq bigint GENERATED ALWAYS AS IDENTITY,
    ADD COLUMN record text NOT NULL DEFAULT '';        -- whose order is kept: deal:7, contact:3; empty: nobody's
CREATE INDEX hub_webhook_delivery_order ON hub_webhook_delivery (webhook_id, record, seq) WHERE state = 'waiting';

-- Who is told of what is wrong, how, and what they were told last.
CREATE TABLE hub_alarm_way (
    id         integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    way        text NOT NULL CHECK (way IN ('mail', 'telegram')),
    address    text NOT NULL,                          -- mail address, or chat id
    channel_id integer NOT NULL REFERENCES inbox_channel,  -- that carries it
    kinds      text[] NOT NULL,
    language   text NOT NULL DEFAULT 'en',
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (way, address, channel_id)
);
CREATE TABLE hub_alarm (
    kind       text NOT NULL,
    subject    text NOT NULL,                          -- slug of a channel
    sentence   text NOT NULL,
    since      timestamptz NOT NULL DEFAULT now(),
    over_at    timestamptz,
    PRIMARY KEY (kind, subject)
);
CREATE TABLE hub_alarm_letter (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    way_id     integer NOT NULL REFERENCES hub_alarm_way ON DELETE CASCADE,
    kind       text NOT NULL,
    subject    text NOT NULL,
    is_over    boolean NOT NULL,
    sentence   text NOT NULL,
    attempts   smallint NOT NULL DEFAULT 0,
    due_at     timestamptz NOT NULL DEFAULT now(),
    sent_at    timestamptz,
    reason     text NOT NULL DEFAULT ''
);
CREATE INDEX hub_alarm_letter_due ON hub_alarm_letter (due_at) WHERE sent_at IS NULL;
