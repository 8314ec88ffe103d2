-- What the bot does when nobody wrote. Owner: inbox.

-- What is to come for the bot of a conversation: the end of a wait, a service to ask, something that happened.
CREATE TABLE inbox_bot_event (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    conversation_id bigint NOT NULL REFERENCES inbox_conversation ON DELETE CASCADE,
    kind            text NOT NULL CHECK (kind IN ('wait', 'webhook', 'silence', 'missed_call', 'stage', 'schedule', 'page')),
    at              timestamptz NOT NULL,              -- when it is, or was, to be
    due_at          timestamptz NOT NULL,              -- when it is taken up next: later than `at` while somebody has it in hand
    rule            text NOT NULL DEFAULT '',          -- the rule that waits, or is meant
    step            text NOT NULL DEFAULT '',          -- the step of the rule that waits
    data            jsonb NOT NULL DEFAULT '{}',       -- webhook: url, body, seconds; stage: stage; page: page
    attempts        integer NOT NULL DEFAULT 0
);
CREATE INDEX inbox_bot_event_due ON inbox_bot_event (due_at, id);
CREATE INDEX inbox_bot_event_conversation ON inbox_bot_event (conversation_id);

-- Up to when conversations were looked at for a rule that waits for silence or goes by a schedule.
CREATE TABLE inbox_bot_watch (
    rule       text PRIMARY KEY,
    seen_until timestamptz NOT NULL
);

-- How much the bot said to a contact within the hour that began at `since`.
CREATE TABLE inbox_bot_said (
    contact_id bigint PRIMARY KEY REFERENCES crm_contact ON DELETE CASCADE,
    since      timestamptz NOT NULL,
    n          integer NOT NULL
) WITH (fillfactor = 70);

-- What the bot's rules may wait for is always told.
INSERT INTO crm_subscription (kind) VALUES ('call.missed'), ('deal.created'), ('deal.stage_changed') ON CONFLICT DO NOTHING;
