-- Access tokens that connectors fetched, shared by all processes; sealed like the secrets of settings.
CREATE TABLE hub_provider_token (
    channel_id integer NOT NULL REFERENCES inbox_channel,
    key        text NOT NULL,                       -- changes with the credentials it was asked with
    sealed     text NOT NULL,
    renew_at   timestamptz,                         -- null: not before it is refused
    fetched_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (channel_id, key)
);

-- Profiles that providers tell by a request of their own: asked after the message is stored.
CREATE TABLE inbox_profile (
    channel_id integer NOT NULL REFERENCES inbox_channel,
    kind       text NOT NULL,
    value      text NOT NULL,
    name       text NOT NULL DEFAULT '',
    picture    bytea,                               -- the picture's blob
    attempts   smallint NOT NULL DEFAULT 0,
    ask_at     timestamptz DEFAULT now(),           -- null: nothing to ask
    asked_at   timestamptz,
    PRIMARY KEY (channel_id, kind, value)
);
CREATE INDEX inbox_profile_due ON inbox_profile (ask_at) WHERE ask_at IS NOT NULL;
CREATE INDEX inbox_profile_person ON inbox_profile (kind, value) WHERE picture IS NOT NULL;

-- What an answer to a message may carry back (a reply token): once, and until a time.
CREATE TABLE inbox_ticket (
    message_id      bigint PRIMARY KEY REFERENCES inbox_message,
    conversation_id bigint NOT NULL REFERENCES inbox_conversation,
    fields          jsonb NOT NULL,
    is_once         boolean NOT NULL,
    until           timestamptz NOT NULL,
    taken_by        uuid                            -- the delivery that had it
);
CREATE INDEX inbox_ticket_talk ON inbox_ticket (conversation_id, message_id DESC);
