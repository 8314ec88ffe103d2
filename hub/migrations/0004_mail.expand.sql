-- Mail: one message seen in several mailboxes, and messages moved between conversations. Owner: inbox.

CREATE TABLE inbox_sighting (
    message_id bigint NOT NULL REFERENCES inbox_message,
    channel_id integer NOT NULL REFERENCES inbox_channel,
    journal_id bigint NOT NULL,
    at         timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (message_id, channel_id)
);

-- Who moved which message where; undone by moving it back.
CREATE TABLE inbox_move (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    message_id      bigint NOT NULL REFERENCES inbox_message,
    from_id         bigint NOT NULL REFERENCES inbox_conversation,
    to_id           bigint NOT NULL REFERENCES inbox_conversation,
    was_why         text NOT NULL DEFAULT '',
    user_id         integer REFERENCES crm_user,
    at              timestamptz NOT NULL DEFAULT now(),
    undone_at       timestamptz
);
CREATE INDEX inbox_move_message ON inbox_move (message_id, id DESC);
