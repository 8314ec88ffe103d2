-- A fact knows the act that it belongs to: what undoes it, and whether an import, a bulk or a run caused it. Owner: crm.

ALTER TABLE crm_activity ADD COLUMN act_id uuid;
ALTER TABLE crm_activity ALTER COLUMN act_id SET DEFAULT crm_act_now();

-- A merge that was taken apart and is made again goes on as that of its first act; and which undo made it again.
ALTER TABLE crm_merge ADD COLUMN remade_act uuid;
CREATE INDEX crm_merge_remade_act ON crm_merge (remade_act) WHERE remade_act IS NOT NULL;
