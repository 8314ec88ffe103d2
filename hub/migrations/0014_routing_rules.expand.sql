-- Rules of routing, how much each manager gets in turn, and absences. Owner: inbox.

CREATE TABLE inbox_routing_rule (
    id             integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    position       integer NOT NULL,
    name           text NOT NULL,
    is_on          boolean NOT NULL DEFAULT true,
    channels       text[] NOT NULL DEFAULT '{}',       -- slugs; an empty condition always holds
    sources        text[] NOT NULL DEFAULT '{}',       -- parts of marks of the source (utm values, referrer, page)
    languages      text[] NOT NULL DEFAULT '{}',
    words          text[] NOT NULL DEFAULT '{}',       -- one of them stands in what was written
    tags           text[] NOT NULL DEFAULT '{}',       -- one of them is the contact's
    hours          text NOT NULL DEFAULT '' CHECK (hours IN ('', 'open', 'closed')),
    to_name        text NOT NULL,                      -- a team, a skill or a person
    way            text NOT NULL DEFAULT 'turn' CHECK (way IN ('turn', 'least')),
    is_strict      boolean NOT NULL DEFAULT false,     -- waits rather than going to somebody else
    over_manager   boolean NOT NULL DEFAULT false,     -- even where the contact has a manager
    answer_within  integer NOT NULL DEFAULT 0,         -- minutes; 0: as the manager's own
    escalate_to    text NOT NULL DEFAULT '',
    escalate_after integer NOT NULL DEFAULT 1,         -- so many who did not answer
    removed_at     timestamptz
);

ALTER TABLE inbox_manager ADD COLUMN weight smallint NOT NULL DEFAULT 1;
ALTER TABLE inbox_manager ADD COLUMN turn double precision NOT NULL DEFAULT 0;   -- grows by 1/weight with each one given

CREATE TABLE inbox_absence (
    id       integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id  integer NOT NULL REFERENCES crm_user,
    from_at  timestamptz NOT NULL,
    until_at timestamptz NOT NULL,
    note     text NOT NULL DEFAULT '',
    CHECK (from_at < until_at)
);
CREATE INDEX inbox_absence_until ON inbox_absence (until_at);
INSERT INTO inbox_absence (user_id, from_at, until_at)
SELECT user_id, coalesce(away_from, now()), coalesce(away_until, now() + interval '1 year') FROM inbox_manager
 WHERE (away_from IS NOT NULL OR away_until IS NOT NULL)
   AND coalesce(away_from, now()) < coalesce(away_until, now() + interval '1 year');
ALTER TABLE inbox_manager DROP COLUMN away_from, DROP COLUMN away_until;
CREATE INDEX crm_lead_conversation ON crm_lead (conversation_id);
