-- What did not go out, newest first, over all channels: its list must not grow slow with what was sent. Owner: inbox.
CREATE INDEX inbox_outbox_unsent ON inbox_outbox (seq DESC)
    WHERE state IN ('retry', 'credentials', 'refused', 'unreachable', 'unknown');
