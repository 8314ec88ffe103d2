-- What became of the bot's runs, by day, rule and step. Owner: inbox.

-- Differences, appended in the transaction of the decision that they count, so that writers never wait for each other;
-- moved into the totals now and then. A figure is the sum of both.
CREATE TABLE inbox_bot_delta (
    day  date NOT NULL,                                -- UTC, on which the run began
    rule text NOT NULL,                                -- the rule that began it; '': no rule spoke
    what text NOT NULL,                                -- started, waiting, finished, handed_over, left, taken, contradicted, silent
    step text NOT NULL DEFAULT '',                     -- 'rule.step' where it waits or was left
    n    integer NOT NULL
);
CREATE TABLE inbox_bot_total (
    day  date NOT NULL,
    rule text NOT NULL,
    what text NOT NULL,
    step text NOT NULL,
    n    bigint NOT NULL,
    PRIMARY KEY (day, rule, what, step)
);
