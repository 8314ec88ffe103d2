-- The queue in the order it is given out: the longest waiting is found without reading all that wait. Owner: inbox.
DROP INDEX inbox_conversation_queue;
CREATE INDEX inbox_conversation_queue ON inbox_conversation (waiting_since, id)
    WHERE owner = 'queue' AND state = 'open' AND assignee_id IS NULL AND waiting_since IS NOT NULL;
