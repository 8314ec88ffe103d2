-- What goes out in parts, what is changed after it went out, and who has to wait. Owner: inbox.

ALTER TABLE inbox_outbox ADD COLUMN parts jsonb NOT NULL DEFAULT '[]';   -- [[external id, carries]] that went out so far

-- A provider that says "slow down" does not say whether it means one conversation or all: the second one tells.
ALTER TABLE inbox_pace ADD COLUMN slowed_until timestamptz;
ALTER TABLE inbox_pace ADD COLUMN slowed_id bigint;                      -- the conversation that was slowed
ALTER TABLE inbox_pace ADD COLUMN held_until timestamptz;                -- the whole channel waits

-- The pause between two messages of one conversation, over all processes.
CREATE TABLE inbox_rest (
    conversation_id bigint PRIMARY KEY,
    until           timestamptz NOT NULL
);

-- New words for a message that went out, or its removal. Carried out at least once: twice is the same as once.
CREATE TABLE inbox_amendment (
    id              uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    seq             bigint GENERATED ALWAYS AS IDENTITY,
    message_id      bigint NOT NULL REFERENCES inbox_message,
    conversation_id bigint NOT NULL,
    channel_id      integer NOT NULL,
    user_id         integer REFERENCES crm_user,
    removes         boolean NOT NULL,
    text            text NOT NULL DEFAULT '',          -- what it shall say
    marked          text NOT NULL DEFAULT '',
    was_text        text NOT NULL DEFAULT '',          -- what it said before, kept
    was_marked      text NOT NULL DEFAULT '',
    state           text NOT NULL DEFAULT 'waiting',   -- waiting sending retry done refused cancelled
    due_at          timestamptz NOT NULL DEFAULT now(),
    attempts        smallint NOT NULL DEFAULT 0,
    claimed_at      timestamptz,
    reason          text NOT NULL DEFAULT '',
    created_at      timestamptz NOT NULL DEFAULT now(),
    done_at         timestamptz
);
CREATE INDEX inbox_amendment_message ON inbox_amendment (message_id, seq);
CREATE INDEX inbox_amendment_due ON inbox_amendment (due_at, seq) WHERE state IN ('waiting', 'retry', 'sending');
