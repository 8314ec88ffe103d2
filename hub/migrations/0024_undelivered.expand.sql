-- What did not reach the customer is seen in the list, and whoever waits for it is counted. Owner: inbox.
ALTER TABLE inbox_conversation ADD COLUMN undelivered text NOT NULL DEFAULT '';   -- '' failed unknown held: our last words
