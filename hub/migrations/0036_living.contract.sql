-- What must be alone is so among the living: the indexes that counted what lies in the bin as well. Owner: crm.

DROP INDEX crm_lead_one_open;
DROP INDEX crm_task_one_call_back;
ALTER TABLE crm_company DROP CONSTRAINT crm_company_domain_key;
