-- Steps that came before their call: a recording or an answer that does not say who rang waits here for a step that does.
CREATE TABLE inbox_call_early (
    channel_id integer NOT NULL REFERENCES inbox_channel,
    call_id    text NOT NULL,
    key        text NOT NULL,
    step       text NOT NULL,
    at         timestamptz NOT NULL,
    data       jsonb NOT NULL,
    PRIMARY KEY (channel_id, call_id, key)
);

ALTER TABLE inbox_call ADD COLUMN users text[] NOT NULL DEFAULT '{}';
ALTER TABLE inbox_call ADD COLUMN missed_at timestamptz;
COMMENT ON COLUMN inbox_call.missed_at IS 'when it turned out that nobody took it; null again where that was corrected';
CREATE INDEX inbox_call_missed ON inbox_call (missed_at DESC, id DESC) WHERE missed_at IS NOT NULL;
CREATE INDEX inbox_call_open ON inbox_call (started_at) WHERE state <> 'ended';
