-- One address, several people: who writes under quite another name is a guest at their own words.

ALTER TABLE crm_handle ADD COLUMN name text NOT NULL DEFAULT '';   -- the name that first came with it

CREATE TABLE crm_guest (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    contact_id bigint NOT NULL REFERENCES crm_contact ON DELETE CASCADE,   -- whose address it is
    kind       text NOT NULL,
    value      text NOT NULL,                          -- normalised, as in crm_handle
    name       text NOT NULL,
    own_id     bigint REFERENCES crm_contact ON DELETE SET NULL,           -- the contact of their own, once split
    seen_at    timestamptz NOT NULL DEFAULT now(),
    UNIQUE (contact_id, kind, value, name)
);
CREATE INDEX crm_guest_own ON crm_guest (kind, value) WHERE own_id IS NOT NULL;
CREATE INDEX crm_guest_owner ON crm_guest (own_id) WHERE own_id IS NOT NULL;
