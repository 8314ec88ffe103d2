-- Which advertisement a number of ours stands in: the source of whoever rings it. Owner: inbox.
CREATE TABLE inbox_number_source (
    channel_id integer NOT NULL REFERENCES inbox_channel ON DELETE CASCADE,
    number     text NOT NULL,                          -- E.164, or as the line names it
    utm        jsonb NOT NULL,                         -- utm_source, utm_medium, utm_campaign
    position   integer NOT NULL,
    PRIMARY KEY (channel_id, number)
);
