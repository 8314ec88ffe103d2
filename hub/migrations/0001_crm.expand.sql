-- People, companies, leads, deals, tasks, users and the history of all of them. Owner: crm_core.

CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS unaccent;

CREATE TABLE crm_user (
    id            integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email         text NOT NULL UNIQUE CHECK (email = lower(email)),
    name          text NOT NULL,
    role          text NOT NULL CHECK (role IN ('admin', 'manager', 'ops')),
    sees_all      boolean NOT NULL DEFAULT false,      -- a manager who sees colleagues' work too
    password_hash text,                                -- argon2id; null: has only ever used a sign-in link
    totp_secret   text,                                -- encrypted; null: second factor off
    totp_used     bigint NOT NULL DEFAULT 0,           -- the last 30-second step whose code was accepted
    language      text NOT NULL DEFAULT 'en',
    timezone      text NOT NULL DEFAULT 'UTC',
    is_active     boolean NOT NULL DEFAULT true,
    is_in         boolean NOT NULL DEFAULT false,      -- takes new conversations now
    capacity      integer NOT NULL DEFAULT 50,         -- open conversations routed at most
    routed_at     timestamptz NOT NULL DEFAULT 'epoch',-- round robin: the longest ago is next
    extension     text NOT NULL DEFAULT '',            -- telephone extension or PBX user, for pop-ups
    created_at    timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE crm_company (
    id         integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name       text NOT NULL,
    domain     text UNIQUE,                            -- mail domain; links contacts by their mail
    phone      text NOT NULL DEFAULT '',
    note       text NOT NULL DEFAULT '',
    owner_id   integer REFERENCES crm_user,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX crm_company_owner ON crm_company (coalesce(owner_id, 0), id DESC);
CREATE INDEX crm_company_name_trgm ON crm_company USING gin (lower(name) gin_trgm_ops);

CREATE TABLE crm_contact (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name        text NOT NULL DEFAULT '',
    name_source text NOT NULL DEFAULT '',              -- where the name came from; 'person' = typed by a user, never overwritten
    company_id  integer REFERENCES crm_company ON DELETE SET NULL,
    owner_id    integer REFERENCES crm_user,           -- the contact's manager
    language    text NOT NULL DEFAULT '',
    note        text NOT NULL DEFAULT '',
    fields      jsonb NOT NULL DEFAULT '{}',
    tags        text[] NOT NULL DEFAULT '{}',
    merged_into bigint REFERENCES crm_contact,         -- the contact this one was merged into; null: not merged
    root_id     bigint NOT NULL REFERENCES crm_contact DEFERRABLE INITIALLY DEFERRED, -- the living contact; itself when not merged
    created_at  timestamptz NOT NULL DEFAULT now(),
    updated_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX crm_contact_owner ON crm_contact (coalesce(owner_id, 0), id DESC) WHERE merged_into IS NULL;
CREATE INDEX crm_contact_company ON crm_contact (company_id) WHERE company_id IS NOT NULL;
CREATE INDEX crm_contact_merged ON crm_contact (merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX crm_contact_root ON crm_contact (root_id);
CREATE INDEX crm_contact_name_trgm ON crm_contact USING gin (lower(name) gin_trgm_ops);

-- A merge moves no row: it makes one contact the root of another. Handles, conversations, leads, deals and tasks stay
-- with the identity they came from, so an undone merge puts everything back, also what arrived in between.

-- An address of a person. A proven handle belongs to one contact only; a claimed one may stand at several.
CREATE TABLE crm_handle (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    contact_id  bigint NOT NULL REFERENCES crm_contact,
    kind        text NOT NULL,
    value       text NOT NULL,                         -- normalised
    raw         text NOT NULL DEFAULT '',              -- as it first came
    trust       text NOT NULL CHECK (trust IN ('proven', 'claimed')),
    evidence    text NOT NULL,
    channel_id  integer,                               -- where the evidence came from
    unreachable text NOT NULL DEFAULT '',              -- why nothing can be sent there; empty: reachable
    created_at  timestamptz NOT NULL DEFAULT now(),
    UNIQUE (contact_id, kind, value)
);
CREATE UNIQUE INDEX crm_handle_proven ON crm_handle (kind, value) WHERE trust = 'proven';
CREATE INDEX crm_handle_value ON crm_handle (kind, value, evidence, id);
CREATE INDEX crm_handle_value_trgm ON crm_handle USING gin (value gin_trgm_ops);

-- Who else may see a contact: users who were given one of its conversations.
CREATE TABLE crm_follower (
    contact_id bigint NOT NULL REFERENCES crm_contact ON DELETE CASCADE,
    user_id    integer NOT NULL REFERENCES crm_user,
    root_id    bigint NOT NULL,                        -- the contact's root, kept by merges
    PRIMARY KEY (user_id, contact_id)
);
CREATE INDEX crm_follower_root ON crm_follower (user_id, root_id);
CREATE INDEX crm_follower_contact ON crm_follower (contact_id);

-- "These two may be one person", with the reason; shown on the card, never acted on by itself.
CREATE TABLE crm_suggestion (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    contact_id bigint NOT NULL REFERENCES crm_contact ON DELETE CASCADE,
    other_id   bigint NOT NULL REFERENCES crm_contact ON DELETE CASCADE,
    reason     text NOT NULL,
    state      text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'accepted', 'declined')),
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (contact_id, other_id),
    CHECK (contact_id < other_id)
);
CREATE INDEX crm_suggestion_other ON crm_suggestion (other_id);

-- The merge ledger: who was joined to whom, why, and which values of the survivor were replaced.
CREATE TABLE crm_merge (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    survivor_id bigint NOT NULL REFERENCES crm_contact,
    absorbed_id bigint NOT NULL REFERENCES crm_contact,
    reason      text NOT NULL,
    batch       uuid,                                  -- merges made together are undone together
    user_id     integer REFERENCES crm_user,           -- null: the product, by proven evidence
    before      jsonb NOT NULL DEFAULT '{}',           -- values of the survivor that the merge replaced
    created_at  timestamptz NOT NULL DEFAULT now(),
    undone_at   timestamptz,
    undone_by   integer REFERENCES crm_user
);
CREATE INDEX crm_merge_survivor ON crm_merge (survivor_id);
CREATE INDEX crm_merge_absorbed ON crm_merge (absorbed_id);

CREATE TABLE crm_source (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    channel_id   integer NOT NULL,
    utm          jsonb NOT NULL DEFAULT '{}',
    referrer     text NOT NULL DEFAULT '',
    landing_page text NOT NULL DEFAULT '',
    page         text NOT NULL DEFAULT '',
    visits       jsonb NOT NULL DEFAULT '[]',
    created_at   timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE crm_pipeline (
    id       integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name     text NOT NULL,
    position integer NOT NULL DEFAULT 0,
    currency text NOT NULL DEFAULT 'USD'
);

CREATE TABLE crm_stage (
    id          integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    pipeline_id integer NOT NULL REFERENCES crm_pipeline ON DELETE CASCADE,
    name        text NOT NULL,
    position    integer NOT NULL,
    kind        text NOT NULL DEFAULT 'open' CHECK (kind IN ('open', 'won', 'lost')),
    UNIQUE (pipeline_id, position) DEFERRABLE INITIALLY DEFERRED
);

CREATE TABLE crm_lead (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    contact_id      bigint NOT NULL REFERENCES crm_contact,
    conversation_id bigint,
    channel_id      integer,
    source_id       bigint REFERENCES crm_source,
    owner_id        integer REFERENCES crm_user,
    title           text NOT NULL DEFAULT '',
    state           text NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'qualified', 'declined')),
    reason          text NOT NULL DEFAULT '',
    created_at      timestamptz NOT NULL DEFAULT now(),
    closed_at       timestamptz
);
CREATE INDEX crm_lead_contact ON crm_lead (contact_id);
CREATE UNIQUE INDEX crm_lead_one_open ON crm_lead (contact_id) WHERE state = 'new';
CREATE INDEX crm_lead_state ON crm_lead (state, id DESC);
CREATE INDEX crm_lead_owner ON crm_lead (coalesce(owner_id, 0), state, id DESC);

CREATE TABLE crm_deal (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    contact_id      bigint NOT NULL REFERENCES crm_contact,
    company_id      integer REFERENCES crm_company ON DELETE SET NULL,
    lead_id         bigint REFERENCES crm_lead,
    conversation_id bigint,                            -- the one it began with
    channel_id      integer,
    source_id       bigint REFERENCES crm_source,
    pipeline_id     integer NOT NULL REFERENCES crm_pipeline,
    stage_id        integer NOT NULL REFERENCES crm_stage,
    owner_id        integer REFERENCES crm_user,
    title           text NOT NULL,
    amount          bigint NOT NULL DEFAULT 0,         -- minor units of currency
    currency        text NOT NULL DEFAULT 'USD',
    rank            double precision NOT NULL DEFAULT 0, -- order within the column; smaller is higher
    fields          jsonb NOT NULL DEFAULT '{}',
    note            text NOT NULL DEFAULT '',
    loss_reason     text NOT NULL DEFAULT '',
    stage_since     timestamptz NOT NULL DEFAULT now(),
    next_task_at    timestamptz,                       -- denormalised: the earliest open task
    closed_at       timestamptz,
    created_at      timestamptz NOT NULL DEFAULT now(),
    updated_at      timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX crm_deal_contact ON crm_deal (contact_id, id DESC);
CREATE INDEX crm_deal_column ON crm_deal (stage_id, rank, id);
CREATE INDEX crm_deal_owner_column ON crm_deal (stage_id, coalesce(owner_id, 0), rank, id);
CREATE INDEX crm_deal_owner ON crm_deal (coalesce(owner_id, 0), id DESC);
CREATE INDEX crm_deal_lead ON crm_deal (lead_id) WHERE lead_id IS NOT NULL;
CREATE INDEX crm_deal_company ON crm_deal (company_id) WHERE company_id IS NOT NULL;
CREATE INDEX crm_deal_open ON crm_deal (contact_id) WHERE closed_at IS NULL;
CREATE INDEX crm_deal_title_trgm ON crm_deal USING gin (lower(title) gin_trgm_ops);

-- Counts and sums of a kanban column by owner: differences appended by a trigger, summed when read and folded now and
-- then, so that the head of a column costs the same at any size and writers never wait for each other.
CREATE TABLE crm_stage_total (
    stage_id integer NOT NULL,
    owner_id integer NOT NULL,                         -- 0: nobody's
    currency text NOT NULL,
    deals    bigint NOT NULL,
    amount   bigint NOT NULL
);
CREATE INDEX crm_stage_total_stage ON crm_stage_total (stage_id, owner_id);

CREATE FUNCTION crm_count_new_deals() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO crm_stage_total
    SELECT stage_id, coalesce(owner_id, 0), currency, count(*), sum(amount) FROM new_rows GROUP BY 1, 2, 3;
    RETURN NULL;
END $$;
CREATE FUNCTION crm_count_changed_deals() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO crm_stage_total
    SELECT stage_id, owner_id, currency, sum(n), sum(amount)
      FROM (SELECT stage_id, coalesce(owner_id, 0) AS owner_id, currency, 1 AS n, amount FROM new_rows
            UNION ALL
            SELECT stage_id, coalesce(owner_id, 0), currency, -1, -amount FROM old_rows) AS d
     GROUP BY 1, 2, 3 HAVING sum(n) <> 0 OR sum(amount) <> 0;
    RETURN NULL;
END $$;
CREATE TRIGGER crm_deal_counted AFTER INSERT ON crm_deal
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION crm_count_new_deals();
CREATE TRIGGER crm_deal_recounted AFTER UPDATE ON crm_deal
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION crm_count_changed_deals();

CREATE TABLE crm_task (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    title           text NOT NULL,
    kind            text NOT NULL DEFAULT 'task' CHECK (kind IN ('task', 'call', 'call_back', 'meeting')),
    note            text NOT NULL DEFAULT '',
    contact_id      bigint REFERENCES crm_contact,
    deal_id         bigint REFERENCES crm_deal ON DELETE SET NULL,
    conversation_id bigint,
    assignee_id     integer REFERENCES crm_user,
    created_by      integer REFERENCES crm_user,
    due_at          timestamptz,
    remind_at       timestamptz,
    reminded_at     timestamptz,
    done_at         timestamptz,
    done_reason     text NOT NULL DEFAULT '',
    done_by         integer REFERENCES crm_user,
    created_at      timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX crm_task_assignee ON crm_task (coalesce(assignee_id, 0), due_at, id) WHERE done_at IS NULL;
CREATE INDEX crm_task_done ON crm_task (coalesce(assignee_id, 0), done_at DESC, id DESC) WHERE done_at IS NOT NULL;
CREATE INDEX crm_task_every ON crm_task (coalesce(assignee_id, 0), id DESC);
CREATE INDEX crm_task_contact ON crm_task (contact_id) WHERE contact_id IS NOT NULL;
CREATE INDEX crm_task_deal ON crm_task (deal_id) WHERE deal_id IS NOT NULL;
CREATE INDEX crm_task_remind ON crm_task (remind_at) WHERE done_at IS NULL AND reminded_at IS NULL;
CREATE UNIQUE INDEX crm_task_one_call_back ON crm_task (contact_id) WHERE kind = 'call_back' AND done_at IS NULL;

-- The history: every fact about a contact, lead, deal, task, conversation or company, as it happened. Append only.
CREATE TABLE crm_activity (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at              timestamptz NOT NULL DEFAULT now(),
    kind            text NOT NULL,                     -- deal.stage_changed, contact.merged, note.written, ...
    contact_id      bigint,
    deal_id         bigint,
    conversation_id bigint,
    company_id      integer,
    user_id         integer,                           -- who; null: the product
    data            jsonb NOT NULL DEFAULT '{}',
    relay           boolean NOT NULL DEFAULT false     -- somebody subscribes to this kind and has not been told yet
);
CREATE INDEX crm_activity_relay ON crm_activity (id) WHERE relay;
CREATE INDEX crm_activity_contact ON crm_activity (contact_id, id DESC) WHERE contact_id IS NOT NULL;
CREATE INDEX crm_activity_deal ON crm_activity (deal_id, id DESC) WHERE deal_id IS NOT NULL;

-- Kinds of facts that are relayed (outgoing webhooks, automations). message.* facts are kept only while subscribed.
CREATE TABLE crm_subscription (
    kind text PRIMARY KEY
);

INSERT INTO crm_pipeline (name) VALUES ('Sales');
INSERT INTO crm_stage (pipeline_id, name, position, kind)
SELECT p.id, s.name, s.position, s.kind
  FROM crm_pipeline p,
       (VALUES ('New', 1, 'open'), ('In work', 2, 'open'), ('Offer sent', 3, 'open'), ('Agreed', 4, 'open'),
               ('Won', 5, 'won'), ('Lost', 6, 'lost')) AS s (name, position, kind);
