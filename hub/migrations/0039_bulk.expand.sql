-- What is done to many records at once: the selection as it was when it was looked at. Owner: crm.
CREATE TABLE crm_bulk (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    object     text NOT NULL,
    change     jsonb NOT NULL,
    ids        bytea NOT NULL,          -- ascending, packed
    count      integer NOT NULL,
    user_id    integer REFERENCES crm_user,
    begun_at   timestamptz,             -- by a job; what is never begun is forgotten after a day
    created_at timestamptz NOT NULL DEFAULT now()
);

-- Facts say what caused them, and bulk ones are not relayed; and in which transaction they were written, which a feed goes by.
ALTER TABLE crm_activity ADD COLUMN cause text;
ALTER TABLE crm_activity ALTER COLUMN cause
    SET DEFAULT nullif(current_setting('hub.cause', true), '')::jsonb ->> 'cause';
ALTER TABLE crm_activity ADD COLUMN tx xid8;
ALTER TABLE crm_activity ALTER COLUMN tx SET DEFAULT pg_current_xact_id();
CREATE INDEX crm_activity_tx ON crm_activity (tx, id) WHERE tx IS NOT NULL;
