-- Lists of contacts and companies in the order of their names, at any size. Owner: crm.
CREATE INDEX crm_contact_by_name ON crm_contact (nullif(lower(name), ''), id DESC);
CREATE INDEX crm_company_by_name ON crm_company (nullif(lower(name), ''), id DESC);
