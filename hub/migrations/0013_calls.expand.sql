-- What is done after a call, per line: a word to whoever rang in vain, and how long recordings are kept. Owner: inbox.
CREATE TABLE inbox_call_rule (
    channel_id     integer PRIMARY KEY REFERENCES inbox_channel,
    via_id         integer REFERENCES inbox_channel,   -- the channel that carries the word; null: nothing is written
    texts          jsonb NOT NULL DEFAULT '{}',        -- language -> {"open": "...", "closed": "..."}
    once_hours     integer NOT NULL DEFAULT 24 CHECK (once_hours > 0),
    recording_days integer NOT NULL DEFAULT 0 CHECK (recording_days >= 0) -- 0: for good
);

-- One row a missed call of a line with such a rule: decided a moment later, when corrections have come.
CREATE TABLE inbox_call_reply (
    call_id    bigint PRIMARY KEY REFERENCES inbox_call,
    state      text NOT NULL DEFAULT 'waiting',        -- waiting written left
    reason     text NOT NULL DEFAULT '',               -- why nothing was written
    due_at     timestamptz NOT NULL,
    done_at    timestamptz,
    message_id bigint REFERENCES inbox_message
);
CREATE INDEX inbox_call_reply_due ON inbox_call_reply (due_at) WHERE state = 'waiting';

-- Bytes are let go when the last attachment lets them go; without this every look for it would read all attachments.
CREATE INDEX inbox_attachment_blob ON inbox_attachment (sha256) WHERE sha256 IS NOT NULL;

-- Every opened file is asked whether it is a recording, and a recording who listened to it.
CREATE INDEX inbox_call_attachment ON inbox_call (attachment_id) WHERE attachment_id IS NOT NULL;
CREATE INDEX hub_audit_recording ON hub_audit (target, id DESC) WHERE action = 'recording.listened';
