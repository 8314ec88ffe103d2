-- Reactions of the hub to what happened: one row a reaction and fact, run each in a transaction of its own. Owner: hub.

CREATE TABLE hub_run (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    handler    text NOT NULL,
    fact_id    bigint NOT NULL,
    record     text NOT NULL DEFAULT '',               -- whose order is kept: deal:7, contact:3; empty: nobody's
    state      text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'done', 'failed')),
    attempts   smallint NOT NULL DEFAULT 0,
    fence      bigint NOT NULL DEFAULT 0,              -- rises with every claim: who holds an older one commits nothing
    due_at     timestamptz NOT NULL DEFAULT now(),
    said       text NOT NULL DEFAULT '',               -- a sentence: why it failed last
    created_at timestamptz NOT NULL DEFAULT now(),
    done_at    timestamptz,
    UNIQUE (handler, fact_id)                          -- a reaction acts once per fact
);
CREATE INDEX hub_run_due ON hub_run (due_at, id) WHERE state = 'waiting';
CREATE INDEX hub_run_order ON hub_run (handler, record, id) WHERE state = 'waiting';
CREATE INDEX hub_run_failed ON hub_run (id DESC) WHERE state = 'failed';
CREATE INDEX hub_run_done ON hub_run (done_at) WHERE state <> 'waiting';

-- A fact is delivered to a webhook once, however often it is relayed.
ALTER TABLE hub_webhook_delivery ADD COLUMN fact_id bigint;
CREATE UNIQUE INDEX hub_webhook_delivery_once ON hub_webhook_delivery (webhook_id, fact_id) WHERE fact_id IS NOT NULL;
