-- What other systems need to keep up: in which transaction a record was changed last, and what they call it. Owner: crm.

CREATE FUNCTION crm_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.changed_tx := pg_current_xact_id();
    RETURN NEW;
END $$;
ALTER TABLE crm_contact ADD COLUMN changed_tx xid8 NOT NULL DEFAULT '0'::xid8;
ALTER TABLE crm_company ADD COLUMN changed_tx xid8 NOT NULL DEFAULT '0'::xid8;
ALTER TABLE crm_lead ADD COLUMN changed_tx xid8 NOT NULL DEFAULT '0'::xid8;
ALTER TABLE crm_deal ADD COLUMN changed_tx xid8 NOT NULL DEFAULT '0'::xid8;
ALTER TABLE crm_task ADD COLUMN changed_tx xid8 NOT NULL DEFAULT '0'::xid8;
ALTER TABLE crm_contact ALTER COLUMN changed_tx SET DEFAULT pg_current_xact_id();
ALTER TABLE crm_company ALTER COLUMN changed_tx SET DEFAULT pg_current_xact_id();
ALTER TABLE crm_lead ALTER COLUMN changed_tx SET DEFAULT pg_current_xact_id();
ALTER TABLE crm_deal ALTER COLUMN changed_tx SET DEFAULT pg_current_xact_id();
ALTER TABLE crm_task ALTER COLUMN changed_tx SET DEFAULT pg_current_xact_id();
CREATE INDEX crm_contact_changed ON crm_contact (changed_tx, id);
CREATE INDEX crm_company_changed ON crm_company (changed_tx, id);
CREATE INDEX crm_lead_changed ON crm_lead (changed_tx, id);
CREATE INDEX crm_deal_changed ON crm_deal (changed_tx, id);
CREATE INDEX crm_task_changed ON crm_task (changed_tx, id);
CREATE TRIGGER crm_contact_changed BEFORE UPDATE ON crm_contact FOR EACH ROW EXECUTE FUNCTION crm_changed();
CREATE TRIGGER crm_company_changed BEFORE UPDATE ON crm_company FOR EACH ROW EXECUTE FUNCTION crm_changed();
CREATE TRIGGER crm_lead_changed BEFORE UPDATE ON crm_lead FOR EACH ROW EXECUTE FUNCTION crm_changed();
CREATE TRIGGER crm_deal_changed BEFORE UPDATE ON crm_deal FOR EACH ROW EXECUTE FUNCTION crm_changed();
CREATE TRIGGER crm_task_changed BEFORE UPDATE ON crm_task FOR EACH ROW EXECUTE FUNCTION crm_changed();

CREATE TABLE crm_external_id (
    object     text NOT NULL,
    system     text NOT NULL,
    value      text NOT NULL,
    record     bigint NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (object, system, value)
);
CREATE INDEX crm_external_id_record ON crm_external_id (object, record);
