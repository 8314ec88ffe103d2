-- Addresses that asked not to be written to by the bot without having written first. Owner: crm_core.

CREATE TABLE crm_refusal (
    kind  text NOT NULL,
    value text NOT NULL,                               -- normalised, as in crm_handle
    at    timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (kind, value)
);
