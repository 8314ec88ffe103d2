-- Work that takes longer than a second: one row a piece of work, from the queue to its end. Owner: hub.

CREATE TABLE hub_job (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind         text NOT NULL,
    state        text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled')),
    user_id      integer REFERENCES crm_user,          -- who began it; null: the product, or a token of nobody
    payload      jsonb NOT NULL DEFAULT '{}',          -- what it was asked to do
    checkpoint   jsonb NOT NULL DEFAULT '{}',          -- how far it came, committed with the batch that came so far
    done         bigint NOT NULL DEFAULT 0,
    total        bigint,                               -- null: nobody knows yet
    said         text NOT NULL DEFAULT '',             -- a sentence: what came of it, or why it failed
    result       jsonb NOT NULL DEFAULT '{}',          -- the same for scripts
    attempts     smallint NOT NULL DEFAULT 0,          -- tries since it last came further
    due_at       timestamptz NOT NULL DEFAULT now(),
    is_cancelled boolean NOT NULL DEFAULT false,       -- somebody asked a running one to stop
    lease_owner  text NOT NULL DEFAULT '',
    lease_until  timestamptz,
    fence        bigint NOT NULL DEFAULT 0,            -- rises with every lease: who holds an older one commits nothing
    leased_at    timestamptz,
    leased_done  bigint NOT NULL DEFAULT 0,            -- what was done when the lease began: the rate is of this try
    created_at   timestamptz NOT NULL DEFAULT now(),
    started_at   timestamptz,
    moved_at     timestamptz NOT NULL DEFAULT now(),   -- when it last came further
    ended_at     timestamptz
);
CREATE INDEX hub_job_due ON hub_job (due_at, id) WHERE state = 'queued';
CREATE INDEX hub_job_running ON hub_job (lease_until) WHERE state = 'running';
CREATE INDEX hub_job_user ON hub_job (user_id, id DESC);
CREATE INDEX hub_job_ended ON hub_job (ended_at) WHERE ended_at IS NOT NULL;

-- What it made for somebody to take away.
CREATE TABLE hub_job_file (
    job_id  bigint NOT NULL REFERENCES hub_job ON DELETE CASCADE,
    n       integer NOT NULL,
    name    text NOT NULL,
    mime    text NOT NULL,
    content bytea NOT NULL,
    PRIMARY KEY (job_id, n)
);
