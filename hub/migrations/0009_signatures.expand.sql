-- How a user signs: a signature of their own, and the name that customers see. Owner: crm_core.

ALTER TABLE crm_user
    ADD COLUMN signature  text NOT NULL DEFAULT '',    -- empty: the channel's
    ADD COLUMN reply_name text NOT NULL DEFAULT '';    -- empty: the user's name
