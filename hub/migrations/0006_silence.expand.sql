-- How long a channel was silent at most, by the day: what tells an unusual silence from a night.
CREATE TABLE inbox_silence (
    channel_id integer NOT NULL REFERENCES inbox_channel (id) ON DELETE CASCADE,
    day        date NOT NULL,
    hours      double precision NOT NULL,
    PRIMARY KEY (channel_id, day)
);
ALTER TABLE inbox_channel ADD COLUMN alarm text NOT NULL DEFAULT '';
