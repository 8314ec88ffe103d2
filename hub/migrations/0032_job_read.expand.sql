-- Whether who began a job has read how it ended: until then the pages tell of it. Owner: hub.
ALTER TABLE hub_job ADD COLUMN read_at timestamptz;
UPDATE hub_job SET read_at = now() WHERE ended_at IS NOT NULL;
CREATE INDEX hub_job_unread ON hub_job (user_id, id DESC) WHERE ended_at IS NOT NULL AND read_at IS NULL;
