-- Saved views of lists: a filter, columns and an order with a name, of one's own or shared. Owner: crm.

CREATE TABLE crm_view (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    object text NOT NULL,
    name text NOT NULL,
    owner_id integer NOT NULL REFERENCES crm_user (id) ON DELETE CASCADE,
    is_shared boolean NOT NULL DEFAULT false,
    columns text[] NOT NULL DEFAULT '{}',
    sorting text NOT NULL DEFAULT '',
    filter jsonb NOT NULL DEFAULT '{}',
    position integer NOT NULL DEFAULT 0,
    removed_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX crm_view_owner ON crm_view (owner_id, object);
CREATE INDEX crm_view_shared ON crm_view (object) WHERE is_shared;
