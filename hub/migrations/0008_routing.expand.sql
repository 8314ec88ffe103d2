-- What routing knows of people, and until when somebody must have answered. Owner: inbox.

CREATE TABLE inbox_manager (
    user_id       integer PRIMARY KEY REFERENCES crm_user,
    teams         text[] NOT NULL DEFAULT '{}',        -- teams and skills, as the bot's rules name them
    languages     text[] NOT NULL DEFAULT '{}',        -- two-letter codes; empty: any
    away_from     timestamptz,
    away_until    timestamptz,
    deputy_id     integer REFERENCES crm_user,
    answer_within integer NOT NULL DEFAULT 0           -- minutes until somebody else is asked; 0: never
);

-- One row per conversation that was given to somebody who must answer in time; timers survive a restart here.
CREATE TABLE inbox_watch (
    conversation_id bigint PRIMARY KEY REFERENCES inbox_conversation,
    user_id         integer NOT NULL REFERENCES crm_user,
    given_at        timestamptz NOT NULL DEFAULT now(),
    due_at          timestamptz NOT NULL,
    tried           integer[] NOT NULL DEFAULT '{}'    -- who was asked before and did not answer
);
CREATE INDEX inbox_watch_due ON inbox_watch (due_at);
