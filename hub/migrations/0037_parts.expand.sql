-- Large files of jobs in parts, written batch by batch and read one after the other; a file's own content is empty then.
-- Owner: hub.
CREATE TABLE hub_job_part (
    job_id  bigint NOT NULL REFERENCES hub_job ON DELETE CASCADE,
    n       integer NOT NULL,     -- the number of the file; 0: what a job puts aside for itself
    part    integer NOT NULL,
    content bytea NOT NULL,
    PRIMARY KEY (job_id, n, part)
);
