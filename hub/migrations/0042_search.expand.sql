-- Tasks and leads are found by parts of their titles. Owner: crm.
CREATE INDEX crm_task_title_trgm ON crm_task USING gin (lower(title) gin_trgm_ops);
CREATE INDEX crm_task_note_trgm ON crm_task USING gin (lower(note) gin_trgm_ops);
CREATE INDEX crm_lead_title_trgm ON crm_lead USING gin (lower(title) gin_trgm_ops);
