-- Messages of a provider that are one message here: the parts of an album. Owner: inbox.

CREATE TABLE inbox_part (
    channel_id  integer NOT NULL,
    external_id text NOT NULL,                         -- the part's own id, or `group:` and the album's
    message_id  bigint NOT NULL REFERENCES inbox_message,
    PRIMARY KEY (channel_id, external_id)
);
CREATE INDEX inbox_part_message ON inbox_part (message_id);
