-- Sessions, tokens, the audit log, outgoing webhooks. Owner: hub.

CREATE TABLE hub_session (
    id           bytea PRIMARY KEY,                    -- sha256 of the cookie
    user_id      integer NOT NULL REFERENCES crm_user,
    csrf         text NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    seen_at      timestamptz NOT NULL DEFAULT now(),
    expires_at   timestamptz NOT NULL,
    agent        text NOT NULL DEFAULT '',
    peer         text NOT NULL DEFAULT ''
);
CREATE INDEX hub_session_user ON hub_session (user_id);

CREATE TABLE hub_sign_in_link (
    id         bytea PRIMARY KEY,                      -- sha256 of the token
    user_id    integer NOT NULL REFERENCES crm_user,
    expires_at timestamptz NOT NULL,
    used_at    timestamptz
);

CREATE TABLE hub_token (
    id         integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name       text NOT NULL,
    hash       bytea NOT NULL UNIQUE,                  -- sha256 of the token
    scopes     text[] NOT NULL,
    user_id    integer REFERENCES crm_user,            -- sees what this user sees; null: everything its scopes allow
    created_at timestamptz NOT NULL DEFAULT now(),
    used_at    timestamptz,
    revoked_at timestamptz
);

CREATE TABLE hub_audit (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at      timestamptz NOT NULL DEFAULT now(),
    user_id integer,
    peer    text NOT NULL DEFAULT '',
    action  text NOT NULL,
    target  text NOT NULL DEFAULT '',
    data    jsonb NOT NULL DEFAULT '{}'
);
CREATE FUNCTION hub_audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is append-only';
END $$;
CREATE TRIGGER hub_audit_append_only BEFORE UPDATE OR DELETE ON hub_audit
    FOR EACH ROW EXECUTE FUNCTION hub_audit_is_append_only();

CREATE TABLE hub_webhook (
    id         integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    url        text NOT NULL,
    secret     text NOT NULL,                          -- encrypted
    facts      text[] NOT NULL,
    is_active  boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE hub_webhook_delivery (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    webhook_id integer NOT NULL REFERENCES hub_webhook,
    fact       text NOT NULL,
    body       jsonb NOT NULL,
    state      text NOT NULL DEFAULT 'waiting',        -- waiting delivered failed
    attempts   smallint NOT NULL DEFAULT 0,
    due_at     timestamptz NOT NULL DEFAULT now(),
    status     integer,
    response   text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL DEFAULT now(),
    done_at    timestamptz
);
CREATE INDEX hub_webhook_delivery_due ON hub_webhook_delivery (due_at) WHERE state = 'waiting';
CREATE INDEX hub_webhook_delivery_log ON hub_webhook_delivery (webhook_id, created_at DESC);

CREATE TABLE hub_setting (
    name  text PRIMARY KEY,
    value jsonb NOT NULL
);
