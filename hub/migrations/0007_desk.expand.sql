-- Calls at the manager's desk: who took them, how long the caller waited, notes, what it came to, and calls asked for by a click.
ALTER TABLE inbox_call ADD COLUMN user_id integer REFERENCES crm_user;
ALTER TABLE inbox_call ADD COLUMN waited integer;
ALTER TABLE inbox_call ADD COLUMN note text NOT NULL DEFAULT '';
ALTER TABLE inbox_call ADD COLUMN result text NOT NULL DEFAULT '';
COMMENT ON COLUMN inbox_call.user_id IS 'who talked, or whose telephone rang last, by the extension at that time';
COMMENT ON COLUMN inbox_call.waited IS 'seconds until a person answered, or until it was over; null while it rings';
CREATE INDEX inbox_call_started ON inbox_call (started_at DESC, id DESC);

UPDATE inbox_call SET waited = greatest(0, extract(epoch FROM coalesce(answered_at, ended_at) - started_at))::integer
 WHERE coalesce(answered_at, ended_at) IS NOT NULL;
UPDATE inbox_call c SET user_id = u.id FROM crm_user u WHERE u.extension = c."user" AND u.extension <> '';

-- Clicks on a number: asked of the provider, and what it said. A crash in between leaves `asking`, which is told as uncertain.
CREATE TABLE inbox_dial (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id    integer NOT NULL REFERENCES crm_user,
    channel_id integer NOT NULL REFERENCES inbox_channel,
    contact_id bigint REFERENCES crm_contact,
    number     text NOT NULL,
    extension  text NOT NULL,
    state      text NOT NULL DEFAULT 'asking',       -- asking placed refused unknown
    reason     text NOT NULL DEFAULT '',
    call_id    text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX inbox_dial_user ON inbox_dial (user_id, created_at DESC);

-- Numbers that are not let through where the exchange asks us; elsewhere they ring, and nobody is asked to call them back.
CREATE TABLE inbox_blocked_number (
    number     text PRIMARY KEY,
    reason     text NOT NULL DEFAULT '',
    user_id    integer REFERENCES crm_user,
    created_at timestamptz NOT NULL DEFAULT now()
);
