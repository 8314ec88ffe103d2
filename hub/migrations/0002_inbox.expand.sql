-- Channels, the journal, conversations, messages, calls, the outbox and the ledger. Owner: inbox.

CREATE TABLE inbox_channel (
    id           integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    slug         text NOT NULL UNIQUE CHECK (slug ~ '^[a-z0-9][a-z0-9_-]{0,62}$'),
    name         text NOT NULL,
    connector    text NOT NULL,
    settings     jsonb NOT NULL DEFAULT '{}',          -- secrets are encrypted, marked {"$secret": "..."}
    region       text NOT NULL DEFAULT '',
    language     text NOT NULL DEFAULT 'en',
    bot          boolean NOT NULL DEFAULT true,        -- the first-line bot answers here
    is_paused    boolean NOT NULL DEFAULT false,       -- by a user
    state        text NOT NULL DEFAULT 'connecting',
    sentence     text NOT NULL DEFAULT '',
    remedy       text NOT NULL DEFAULT '',
    retry_at     timestamptz,
    heartbeat_at timestamptz,
    last_in_at   timestamptz,
    last_out_at  timestamptz,
    version      integer NOT NULL DEFAULT 1,           -- rises with each change of settings; receivers restart
    deleted_at   timestamptz,
    created_at   timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE inbox_channel_log (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    channel_id integer NOT NULL REFERENCES inbox_channel,
    at         timestamptz NOT NULL DEFAULT now(),
    level      text NOT NULL DEFAULT 'info',
    sentence   text NOT NULL
);
CREATE INDEX inbox_channel_log_at ON inbox_channel_log (channel_id, id DESC);

CREATE TABLE inbox_checkpoint (
    channel_id integer NOT NULL REFERENCES inbox_channel,
    name       text NOT NULL,
    data       jsonb NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (channel_id, name)
);

-- Every raw input, as it came. `lane` orders inputs of one person over all processes.
CREATE TABLE inbox_journal (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    channel_id  integer NOT NULL,
    received_at timestamptz NOT NULL,
    state       text NOT NULL DEFAULT 'pending',       -- pending processed duplicate ignored quarantined
    lane        bigint NOT NULL,
    attempts    smallint NOT NULL DEFAULT 0,
    try_after   timestamptz,
    key         text,
    transport   text NOT NULL,
    meta        jsonb NOT NULL,                        -- method, suffix, headers, query, peer, transport's own
    reason      text NOT NULL DEFAULT '',
    processed_at timestamptz,
    body        bytea NOT NULL
) WITH (fillfactor = 90);
ALTER TABLE inbox_journal ALTER COLUMN body SET STORAGE EXTERNAL;
CREATE UNIQUE INDEX inbox_journal_key ON inbox_journal (channel_id, key) WHERE key IS NOT NULL;
CREATE INDEX inbox_journal_pending ON inbox_journal (lane, id) WHERE state = 'pending';
CREATE INDEX inbox_journal_quarantine ON inbox_journal (id) WHERE state = 'quarantined';
CREATE INDEX inbox_journal_channel ON inbox_journal (channel_id, id DESC);

-- The ledger: counted where it happens, by two hands (the door and the processing), so that a difference shows.
-- `slot` spreads writers so that they do not wait for each other's commits.
CREATE TABLE inbox_ledger (
    channel_id integer NOT NULL,
    day        date NOT NULL,                          -- UTC day of receipt
    what       text NOT NULL,                          -- received processed duplicate ignored quarantined
    slot       smallint NOT NULL,
    n          bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (channel_id, day, what, slot)
) WITH (fillfactor = 50);

CREATE TABLE inbox_conversation (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    channel_id      integer NOT NULL REFERENCES inbox_channel,
    contact_id      bigint NOT NULL REFERENCES crm_contact,
    handle_kind     text NOT NULL,                     -- where replies go
    handle_value    text NOT NULL,
    thread          text NOT NULL DEFAULT '',          -- the provider's thread
    subject         text NOT NULL DEFAULT '',
    state           text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'snoozed', 'closed')),
    snoozed_until   timestamptz,
    assignee_id     integer REFERENCES crm_user,
    owner           text NOT NULL DEFAULT 'queue',     -- who may speak: bot, queue or user
    fence           bigint NOT NULL DEFAULT 1,         -- rises at each change of owner; checked when sending
    bot_state       jsonb NOT NULL DEFAULT '{}',
    language        text NOT NULL DEFAULT '',
    last_message_id bigint,
    last_text       text NOT NULL DEFAULT '',          -- first 200 characters
    last_outbound   boolean NOT NULL DEFAULT false,
    last_at         timestamptz NOT NULL DEFAULT now(),
    unread          integer NOT NULL DEFAULT 0,
    waiting_since   timestamptz,                       -- since when the customer waits for us; null: we wait for them
    message_count   integer NOT NULL DEFAULT 0,
    routed_why      text NOT NULL DEFAULT '',
    tags            text[] NOT NULL DEFAULT '{}',
    created_at      timestamptz NOT NULL DEFAULT now(),
    closed_at       timestamptz
) WITH (fillfactor = 80);
-- One living conversation per sender and thread: two first messages at once cannot make two.
CREATE UNIQUE INDEX inbox_conversation_living ON inbox_conversation (channel_id, handle_kind, handle_value, thread)
    WHERE state <> 'closed';
CREATE INDEX inbox_conversation_thread ON inbox_conversation (channel_id, handle_kind, handle_value, thread, id DESC);
CREATE INDEX inbox_conversation_list ON inbox_conversation (state, last_at DESC, id DESC);
CREATE INDEX inbox_conversation_mine ON inbox_conversation (coalesce(assignee_id, 0), state, last_at DESC, id DESC);
CREATE INDEX inbox_conversation_waiting ON inbox_conversation (waiting_since, id) WHERE waiting_since IS NOT NULL AND state = 'open';
CREATE INDEX inbox_conversation_queue ON inbox_conversation (id) WHERE owner = 'queue' AND state = 'open';
CREATE INDEX inbox_conversation_snoozed ON inbox_conversation (snoozed_until) WHERE state = 'snoozed';
CREATE INDEX inbox_conversation_contact ON inbox_conversation (contact_id, last_at DESC);

-- Counters of the conversation list by assignee: differences appended by a trigger, summed when read and folded now
-- and then, so that writers never wait for each other.
CREATE TABLE inbox_counter (
    assignee_id integer NOT NULL,                      -- 0: nobody's
    state       text NOT NULL,
    n           bigint NOT NULL,                       -- conversations
    unread      bigint NOT NULL,                       -- of them with unread messages
    waiting     bigint NOT NULL                        -- of them with a customer who waits
);
CREATE INDEX inbox_counter_assignee ON inbox_counter (assignee_id, state);

CREATE FUNCTION inbox_count_new_conversations() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO inbox_counter
    SELECT coalesce(assignee_id, 0), state, count(*), count(*) FILTER (WHERE unread > 0),
           count(*) FILTER (WHERE waiting_since IS NOT NULL)
      FROM new_rows GROUP BY 1, 2;
    RETURN NULL;
END $$;
CREATE FUNCTION inbox_count_changed_conversations() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO inbox_counter
    SELECT assignee_id, state, sum(n), sum(unread), sum(waiting)
      FROM (SELECT coalesce(assignee_id, 0) AS assignee_id, state, 1 AS n, (unread > 0)::int AS unread,
                   (waiting_since IS NOT NULL)::int AS waiting FROM new_rows
            UNION ALL
            SELECT coalesce(assignee_id, 0), state, -1, -(unread > 0)::int, -(waiting_since IS NOT NULL)::int
              FROM old_rows) AS d
     GROUP BY 1, 2 HAVING sum(n) <> 0 OR sum(unread) <> 0 OR sum(waiting) <> 0;
    RETURN NULL;
END $$;
CREATE TRIGGER inbox_conversation_counted AFTER INSERT ON inbox_conversation
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION inbox_count_new_conversations();
CREATE TRIGGER inbox_conversation_recounted AFTER UPDATE ON inbox_conversation
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION inbox_count_changed_conversations();

CREATE TABLE inbox_message (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    conversation_id bigint NOT NULL REFERENCES inbox_conversation,
    channel_id      integer NOT NULL,
    journal_id      bigint,                            -- the input it came from; null: written here
    direction       text NOT NULL CHECK (direction IN ('in', 'out', 'note', 'call', 'event')),
    author          text NOT NULL CHECK (author IN ('person', 'bot', 'user', 'machine', 'hub')),
    user_id         integer REFERENCES crm_user,
    external_id     text,                              -- in: the provider's; out: after sending
    at              timestamptz NOT NULL,              -- the provider's time or ours
    created_at      timestamptz NOT NULL DEFAULT now(),
    subject         text NOT NULL DEFAULT '',
    text            text NOT NULL DEFAULT '',
    html            text NOT NULL DEFAULT '',          -- as it came; sanitised when shown
    history         text NOT NULL DEFAULT '',          -- quoted text, folded away
    data            jsonb NOT NULL DEFAULT '{}',       -- fields, choice, buttons, machine, call id, why threaded here
    delivery        text NOT NULL DEFAULT '',          -- out: pending sending sent delivered read failed unknown cancelled
    delivery_reason text NOT NULL DEFAULT '',
    words           tsvector NOT NULL DEFAULT ''       -- made by inbox/search: words, and pairs of letters where a script has no spaces
);
CREATE UNIQUE INDEX inbox_message_external ON inbox_message (channel_id, external_id) WHERE external_id IS NOT NULL;
CREATE INDEX inbox_message_thread ON inbox_message (conversation_id, id DESC);
CREATE INDEX inbox_message_words ON inbox_message USING gin (words) WHERE author <> 'bot';

-- Attachment bytes, stored once by content.
CREATE TABLE inbox_blob (
    sha256     bytea PRIMARY KEY,
    size       bigint NOT NULL,
    content    bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE inbox_blob ALTER COLUMN content SET STORAGE EXTERNAL;

CREATE TABLE inbox_attachment (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    message_id bigint REFERENCES inbox_message,        -- null: uploaded, not yet sent
    channel_id integer,
    user_id    integer REFERENCES crm_user,            -- who uploaded
    name       text NOT NULL,
    mime       text NOT NULL,
    size       bigint NOT NULL DEFAULT 0,
    sha256     bytea REFERENCES inbox_blob,            -- null: to be fetched, or left out
    url        text NOT NULL DEFAULT '',
    ref        text NOT NULL DEFAULT '',
    content_id text NOT NULL DEFAULT '',
    note       text NOT NULL DEFAULT '',               -- "file too large, 34 MB"
    attempts   smallint NOT NULL DEFAULT 0,
    fetch_at   timestamptz,                            -- null: nothing to fetch (any more)
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX inbox_attachment_message ON inbox_attachment (message_id);
CREATE INDEX inbox_attachment_fetch ON inbox_attachment (fetch_at) WHERE fetch_at IS NOT NULL;

-- Calls: the fold of their steps.
CREATE TABLE inbox_call (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    channel_id      integer NOT NULL REFERENCES inbox_channel,
    call_id         text NOT NULL,
    contact_id      bigint NOT NULL REFERENCES crm_contact,
    conversation_id bigint NOT NULL REFERENCES inbox_conversation,
    message_id      bigint REFERENCES inbox_message,
    outbound        boolean NOT NULL DEFAULT false,
    caller          text NOT NULL DEFAULT '',
    number          text NOT NULL DEFAULT '',
    "user"          text NOT NULL DEFAULT '',
    state           text NOT NULL,                     -- ringing answered ended
    outcome         text NOT NULL DEFAULT '',          -- answered missed busy voicemail failed
    started_at      timestamptz NOT NULL,
    answered_at     timestamptz,
    ended_at        timestamptz,
    duration        integer,
    recording_url   text NOT NULL DEFAULT '',
    attachment_id   uuid REFERENCES inbox_attachment,
    UNIQUE (channel_id, call_id)
);
CREATE INDEX inbox_call_contact ON inbox_call (contact_id, id DESC);
CREATE INDEX inbox_call_conversation ON inbox_call (conversation_id);

CREATE TABLE inbox_call_step (
    call_id bigint NOT NULL REFERENCES inbox_call,
    key     text NOT NULL,
    step    text NOT NULL,
    at      timestamptz NOT NULL,
    data    jsonb NOT NULL,
    PRIMARY KEY (call_id, key)
);

-- What is to be sent. One row a message; each try is a row of inbox_attempt.
CREATE TABLE inbox_outbox (
    id              uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    message_id      bigint NOT NULL UNIQUE REFERENCES inbox_message,
    conversation_id bigint NOT NULL,
    channel_id      integer NOT NULL,
    seq             bigint GENERATED ALWAYS AS IDENTITY,
    fence           bigint NOT NULL,                   -- the conversation's when it was written; older is not sent for the bot
    by_bot          boolean NOT NULL,
    state           text NOT NULL DEFAULT 'waiting',   -- waiting sending sent retry refused unreachable credentials unknown cancelled
    due_at          timestamptz NOT NULL DEFAULT now(),-- later than now: the undo window, a retry, a pause of the channel
    attempts        smallint NOT NULL DEFAULT 0,
    claimed_at      timestamptz,                       -- by a sender; an old claim is a crash
    reason          text NOT NULL DEFAULT '',
    created_at      timestamptz NOT NULL DEFAULT now(),
    done_at         timestamptz
) WITH (fillfactor = 80);
CREATE INDEX inbox_outbox_due ON inbox_outbox (due_at, seq) WHERE state IN ('waiting', 'retry');
CREATE INDEX inbox_outbox_conversation ON inbox_outbox (conversation_id, seq) WHERE state IN ('waiting', 'retry', 'sending');
CREATE INDEX inbox_outbox_sending ON inbox_outbox (claimed_at) WHERE state = 'sending';
CREATE INDEX inbox_outbox_channel ON inbox_outbox (channel_id) WHERE state IN ('waiting', 'retry', 'sending', 'credentials');

CREATE TABLE inbox_attempt (
    outbox_id  uuid NOT NULL REFERENCES inbox_outbox,
    n          smallint NOT NULL,
    started_at timestamptz NOT NULL,
    ended_at   timestamptz,
    outcome    text NOT NULL DEFAULT 'sending',
    reason     text NOT NULL DEFAULT '',
    PRIMARY KEY (outbox_id, n)
);

CREATE TABLE inbox_canned (
    id         integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    shortcut   text NOT NULL,
    title      text NOT NULL,
    text       text NOT NULL,
    language   text NOT NULL DEFAULT '',
    user_id    integer REFERENCES crm_user,            -- null: everybody's
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX inbox_canned_shortcut ON inbox_canned (lower(shortcut), language, coalesce(user_id, 0));

CREATE TABLE inbox_rules (
    id         integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source     text NOT NULL,                          -- YAML as written; the newest row runs
    user_id    integer REFERENCES crm_user,
    created_at timestamptz NOT NULL DEFAULT now()
);

-- When a channel is free to send next, over all processes (its provider's pace).
CREATE TABLE inbox_pace (
    channel_id integer PRIMARY KEY,
    free_at    timestamptz NOT NULL
);
