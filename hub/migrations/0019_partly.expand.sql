-- An input of which some events were taken in and others could not be read is `partly`: the names of what was taken in stand
-- in `done`, so that a replay does only what is missing. The ledger counts it under quarantined. Owner: inbox.

ALTER TABLE inbox_journal ADD COLUMN done jsonb;
CREATE INDEX inbox_journal_unread ON inbox_journal (id) WHERE state IN ('quarantined', 'partly');
