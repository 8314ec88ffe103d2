-- What every change replaced, whose act it was, and the bin. Owners: crm, and inbox of what is remembered of conversations.

-- An act says what caused it; one that is named for a transaction is written when something changes first (crm_act_now).
ALTER TABLE crm_act ADD COLUMN cause text NOT NULL DEFAULT 'user'
    CHECK (cause IN ('user', 'token', 'import', 'run', 'merge', 'bulk', 'system'));
ALTER TABLE crm_act ADD COLUMN cause_id bigint;                       -- which import, run, bulk
ALTER TABLE crm_act ADD COLUMN parent_id uuid;                        -- of an undo: what it took back
ALTER TABLE crm_act ADD COLUMN is_kept boolean NOT NULL DEFAULT false;-- the history names it: it stays
CREATE INDEX crm_act_unsettled ON crm_act (at) WHERE NOT is_kept;
CREATE INDEX crm_act_parent ON crm_act (parent_id) WHERE parent_id IS NOT NULL;
ALTER TABLE crm_merge ADD COLUMN act_id uuid;                         -- the act that merged, and the one that took it back
ALTER TABLE crm_merge ADD COLUMN undone_act uuid;
CREATE INDEX crm_merge_act ON crm_merge (act_id) WHERE act_id IS NOT NULL;
CREATE INDEX crm_merge_undone_act ON crm_merge (undone_act) WHERE undone_act IS NOT NULL;

-- The value that a change replaced, and until when it stood: from the row before it, or from the beginning. As of T a field
-- held the `old` of its earliest row after T, else what it holds now. Field '' is the record itself, which came to be.
CREATE TABLE crm_history (
    id     bigint GENERATED ALWAYS AS IDENTITY,
    object text NOT NULL,                              -- contact company lead deal task conversation
    record bigint NOT NULL,
    field  text NOT NULL,                              -- a column, fields.<key>, handle.<id>, follower.<user>, or ''
    old    jsonb,                                      -- null: nothing was there
    until  timestamptz NOT NULL,
    act    uuid                                        -- null: the product by itself
) PARTITION BY RANGE (until);
CREATE INDEX crm_history_record ON crm_history (object, record, field, until);
CREATE INDEX crm_history_act ON crm_history (act, object, record) WHERE act IS NOT NULL;
CREATE TABLE crm_history_rest PARTITION OF crm_history DEFAULT;      -- so that nothing is ever refused

-- Partitions of this month and of so many after it; what went to the rest meanwhile moves into them.
CREATE FUNCTION crm_history_ahead(months integer) RETURNS void LANGUAGE plpgsql SET timezone TO 'UTC' AS $$
DECLARE
    beginning timestamptz := date_trunc('month', now());
    place text;
    n integer;
BEGIN
    FOR n IN 0 .. months LOOP
        place := 'crm_history_' || to_char(beginning + make_interval(months => n), 'YYYYMM');
        CONTINUE WHEN to_regclass(place) IS NOT NULL;
        EXECUTE format('CREATE TABLE %I (LIKE crm_history INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', place);
        EXECUTE format('WITH moved AS (DELETE FROM crm_history_rest WHERE until >= %L AND until < %L RETURNING *)
                        INSERT INTO %I SELECT * FROM moved', beginning + make_interval(months => n),
                       beginning + make_interval(months => n + 1), place);
        EXECUTE format('ALTER TABLE crm_history ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', place,
                       beginning + make_interval(months => n), beginning + make_interval(months => n + 1));
    END LOOP;
END $$;
SELECT crm_history_ahead(1);

-- The act that changes belong to now: the one that is carried out (hub.act), or the one that is named (hub.cause), which
-- is written here; null where the product works by itself.
CREATE FUNCTION crm_act_now() RETURNS uuid LANGUAGE plpgsql AS $$
DECLARE
    carried text := nullif(current_setting('hub.act', true), '');
    named jsonb := nullif(current_setting('hub.cause', true), '')::jsonb;
BEGIN
    IF carried IS NOT NULL OR named IS NULL THEN
        RETURN carried::uuid;
    END IF;
    INSERT INTO crm_act (id, kind, user_id, cause, cause_id, parent_id, is_kept)
    VALUES ((named ->> 'id')::uuid, named ->> 'kind', (named ->> 'user_id')::integer, named ->> 'cause',
            (named ->> 'cause_id')::bigint, (named ->> 'parent_id')::uuid, true)
        ON CONFLICT (id) DO NOTHING;
    RETURN (named ->> 'id')::uuid;
END $$;
CREATE FUNCTION crm_is_act() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
    RETURN coalesce(current_setting('hub.cause', true), '') <> '' OR coalesce(current_setting('hub.act', true), '') <> '';

-- Rows that an act makes: that they came to be is remembered, so that it can be taken back.
CREATE FUNCTION crm_remember_new() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    doing uuid := crm_act_now();
BEGIN
    INSERT INTO crm_history (object, record, field, until, act)
    SELECT TG_ARGV[0], id, '', clock_timestamp(), doing FROM new_rows;
    RETURN NULL;
END $$;

-- Remembers what changes of these columns, and of `fields` key by key where there are such: one statement for all rows.
-- Called again it knows other columns.
CREATE FUNCTION crm_remember(relation text, object text, columns text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    has_fields boolean := EXISTS (SELECT FROM pg_attribute WHERE attrelid = relation::regclass AND attname = 'fields'
                                                             AND NOT attisdropped);
    befores text := (SELECT string_agg(format('o.%I', c), ', ') FROM unnest(columns) AS c);
    afters text := (SELECT string_agg(format('n.%I', c), ', ') FROM unnest(columns) AS c);
    names text := (SELECT string_agg(format('CASE WHEN o.%I IS DISTINCT FROM n.%I THEN %L END', c, c, c), ', ')
                     FROM unnest(columns) AS c);
    olds text := (SELECT string_agg(format('WHEN %L THEN to_jsonb(o.%I)', c, c), ' ') FROM unnest(columns) AS c);
BEGIN
    IF has_fields THEN
        befores := befores || ', o.fields';
        afters := afters || ', n.fields';
    END IF;
    EXECUTE format($make$
        CREATE OR REPLACE FUNCTION %1$I() RETURNS trigger LANGUAGE plpgsql SET timezone TO 'UTC' AS $body$
        DECLARE
            at timestamptz := clock_timestamp();
            doing uuid;
        BEGIN
            IF NOT EXISTS (SELECT FROM old_rows o JOIN new_rows n ON n.id = o.id
                            WHERE (%2$s) IS DISTINCT FROM (%3$s)) THEN
                RETURN NULL;
            END IF;
            doing := crm_act_now();
            INSERT INTO crm_history (object, record, field, old, until, act)
            SELECT %4$L, o.id, f.name, CASE f.name %5$s %6$s END, at, doing
              FROM old_rows o JOIN new_rows n ON n.id = o.id
             CROSS JOIN LATERAL unnest(array_remove(ARRAY[%7$s], NULL) %8$s) AS f (name)
             WHERE (%2$s) IS DISTINCT FROM (%3$s);
            RETURN NULL;
        END $body$
        $make$, relation || '_remembered', befores, afters, object, olds,
        CASE WHEN has_fields THEN 'ELSE o.fields -> substr(f.name, 8)' ELSE '' END, names,
        CASE WHEN has_fields THEN '|| CASE WHEN o.fields IS DISTINCT FROM n.fields THEN ARRAY(
            SELECT ''fields.'' || k FROM jsonb_object_keys(o.fields || n.fields) AS k
             WHERE o.fields -> k IS DISTINCT FROM n.fields -> k) ELSE ''{}'' END' ELSE '' END);
    EXECUTE format('CREATE OR REPLACE TRIGGER %1$s AFTER UPDATE ON %2$I REFERENCING OLD TABLE AS old_rows
                    NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION %1$s()', relation || '_remembered', relation);
    EXECUTE format('CREATE OR REPLACE TRIGGER %s AFTER INSERT ON %I REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT
                    WHEN (crm_is_act()) EXECUTE FUNCTION crm_remember_new(%L)', relation || '_made', relation, object);
END $$;

-- Handles, and who may see a contact, are remembered with the contact, while an act is carried out.
CREATE FUNCTION crm_remember_of_contact() RETURNS trigger LANGUAGE plpgsql SET timezone TO 'UTC' AS $$
DECLARE
    what jsonb := to_jsonb(CASE WHEN TG_OP = 'INSERT' THEN NEW ELSE OLD END);
BEGIN
    INSERT INTO crm_history (object, record, field, old, until, act)
    VALUES ('contact', (what ->> 'contact_id')::bigint, TG_ARGV[0] || '.' || (what ->> TG_ARGV[1]),
            CASE WHEN TG_OP = 'DELETE' THEN what END, clock_timestamp(), crm_act_now());
    RETURN NULL;
END $$;
CREATE TRIGGER crm_handle_remembered AFTER INSERT OR DELETE ON crm_handle FOR EACH ROW
    WHEN (crm_is_act()) EXECUTE FUNCTION crm_remember_of_contact('handle', 'id');
CREATE TRIGGER crm_follower_remembered AFTER INSERT OR DELETE ON crm_follower FOR EACH ROW
    WHEN (crm_is_act()) EXECUTE FUNCTION crm_remember_of_contact('follower', 'user_id');

-- Of conversations: state, assignee, tags. A row's trigger, whose condition costs intake next to nothing.
CREATE FUNCTION inbox_remember_conversation() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    doing uuid := crm_act_now();
BEGIN
    INSERT INTO crm_history (object, record, field, old, until, act)
    SELECT 'conversation', OLD.id, f.name, f.old, clock_timestamp(), doing
      FROM (VALUES ('state', to_jsonb(OLD.state), OLD.state <> NEW.state),
                   ('assignee_id', to_jsonb(OLD.assignee_id), OLD.assignee_id IS DISTINCT FROM NEW.assignee_id),
                   ('tags', to_jsonb(OLD.tags), OLD.tags <> NEW.tags)) AS f (name, old, is_other)
     WHERE f.is_other;
    RETURN NULL;
END $$;
CREATE TRIGGER inbox_conversation_remembered AFTER UPDATE ON inbox_conversation FOR EACH ROW
    WHEN (OLD.state <> NEW.state OR OLD.assignee_id IS DISTINCT FROM NEW.assignee_id OR OLD.tags <> NEW.tags)
    EXECUTE FUNCTION inbox_remember_conversation();

-- The bin. What lies there is in no list, search, count or sum, until it is restored or its thirty days are over.
ALTER TABLE crm_contact ADD COLUMN deleted_at timestamptz, ADD COLUMN deleted_by integer REFERENCES crm_user;
ALTER TABLE crm_company ADD COLUMN deleted_at timestamptz, ADD COLUMN deleted_by integer REFERENCES crm_user;
ALTER TABLE crm_lead ADD COLUMN deleted_at timestamptz, ADD COLUMN deleted_by integer REFERENCES crm_user;
ALTER TABLE crm_deal ADD COLUMN deleted_at timestamptz, ADD COLUMN deleted_by integer REFERENCES crm_user;
ALTER TABLE crm_task ADD COLUMN deleted_at timestamptz, ADD COLUMN deleted_by integer REFERENCES crm_user;
CREATE INDEX crm_contact_bin ON crm_contact (deleted_at, id) WHERE deleted_at IS NOT NULL;
CREATE INDEX crm_company_bin ON crm_company (deleted_at, id) WHERE deleted_at IS NOT NULL;
CREATE INDEX crm_lead_bin ON crm_lead (deleted_at, id) WHERE deleted_at IS NOT NULL;
CREATE INDEX crm_deal_bin ON crm_deal (deleted_at, id) WHERE deleted_at IS NOT NULL;
CREATE INDEX crm_task_bin ON crm_task (deleted_at, id) WHERE deleted_at IS NOT NULL;

-- What could not be deleted for good, because something hangs on it.
CREATE TABLE crm_bin_kept (
    object text NOT NULL,
    record bigint NOT NULL,
    at     timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (object, record)
);

-- What must be alone is so among the living; the indexes over all rows go when the version before has ended.
CREATE UNIQUE INDEX crm_lead_one_open_living ON crm_lead (contact_id) WHERE state = 'new' AND deleted_at IS NULL;
CREATE UNIQUE INDEX crm_task_one_call_back_living ON crm_task (contact_id)
    WHERE kind = 'call_back' AND done_at IS NULL AND deleted_at IS NULL;
CREATE UNIQUE INDEX crm_company_domain_living ON crm_company (domain) WHERE deleted_at IS NULL;

CREATE OR REPLACE FUNCTION crm_count_new_deals() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO crm_stage_total
    SELECT stage_id, coalesce(owner_id, 0), currency, count(*), sum(amount) FROM new_rows
     WHERE deleted_at IS NULL GROUP BY 1, 2, 3;
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION crm_count_changed_deals() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO crm_stage_total
    SELECT stage_id, owner_id, currency, sum(n), sum(amount)
      FROM (SELECT stage_id, coalesce(owner_id, 0) AS owner_id, currency, 1 AS n, amount FROM new_rows
             WHERE deleted_at IS NULL
            UNION ALL
            SELECT stage_id, coalesce(owner_id, 0), currency, -1, -amount FROM old_rows WHERE deleted_at IS NULL) AS d
     GROUP BY 1, 2, 3 HAVING sum(n) <> 0 OR sum(amount) <> 0;
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION crm_count_gone_deals() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO crm_stage_total
    SELECT stage_id, coalesce(owner_id, 0), currency, -count(*), -sum(amount) FROM old_rows
     WHERE deleted_at IS NULL GROUP BY 1, 2, 3;
    RETURN NULL;
END $$;

SELECT crm_remember('crm_contact', 'contact', ARRAY['name', 'name_source', 'company_id', 'owner_id', 'language', 'note',
    'tags', 'merged_into', 'root_id', 'deleted_at', 'deleted_by']);
SELECT crm_remember('crm_company', 'company', ARRAY['name', 'domain', 'phone', 'note', 'owner_id', 'deleted_at',
    'deleted_by']);
SELECT crm_remember('crm_lead', 'lead', ARRAY['contact_id', 'owner_id', 'title', 'state', 'reason', 'closed_at',
    'deleted_at', 'deleted_by']);
SELECT crm_remember('crm_deal', 'deal', ARRAY['contact_id', 'company_id', 'lead_id', 'pipeline_id', 'stage_id', 'owner_id',
    'title', 'amount', 'currency', 'note', 'loss_reason', 'stage_since', 'closed_at', 'deleted_at', 'deleted_by']);
SELECT crm_remember('crm_task', 'task', ARRAY['title', 'kind', 'note', 'contact_id', 'deal_id', 'assignee_id', 'due_at',
    'remind_at', 'done_at', 'done_reason', 'done_by', 'deleted_at', 'deleted_by']);

-- Whether something was made since that hangs on a record which an act made: then undoing that act leaves it.
CREATE FUNCTION crm_hangs(of text, id_ bigint, asked uuid, undoing uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM crm_history h LEFT JOIN crm_act a ON a.id = h.act
                    WHERE h.object = of AND h.record = id_ AND h.act IS DISTINCT FROM asked
                      AND h.act IS DISTINCT FROM undoing AND h.field NOT LIKE 'follower.%'
                      AND (a.id IS NULL OR (a.undone_at IS NULL AND a.kind <> 'undo')))
        OR CASE of
           WHEN 'contact' THEN
                EXISTS (SELECT FROM crm_activity v WHERE v.contact_id = id_ AND v.conversation_id IS NOT NULL)
             OR EXISTS (SELECT FROM crm_contact c WHERE c.root_id = id_ AND c.id <> id_)
             OR EXISTS (SELECT FROM crm_deal d WHERE d.contact_id = id_ AND d.deleted_at IS NULL AND NOT EXISTS (
                        SELECT FROM crm_history h WHERE h.act = asked AND h.object = 'deal' AND h.record = d.id AND h.field = ''))
             OR EXISTS (SELECT FROM crm_lead l WHERE l.contact_id = id_ AND l.deleted_at IS NULL AND NOT EXISTS (
                        SELECT FROM crm_history h WHERE h.act = asked AND h.object = 'lead' AND h.record = l.id AND h.field = ''))
             OR EXISTS (SELECT FROM crm_task t WHERE t.contact_id = id_ AND t.deleted_at IS NULL AND NOT EXISTS (
                        SELECT FROM crm_history h WHERE h.act = asked AND h.object = 'task' AND h.record = t.id AND h.field = ''))
           WHEN 'company' THEN
                EXISTS (SELECT FROM crm_contact c WHERE c.company_id = id_ AND c.deleted_at IS NULL AND NOT EXISTS (
                        SELECT FROM crm_history h WHERE h.act = asked AND h.object = 'contact' AND h.record = c.id
                                                    AND h.field IN ('', 'company_id')))
             OR EXISTS (SELECT FROM crm_deal d WHERE d.company_id = id_ AND d.deleted_at IS NULL AND NOT EXISTS (
                        SELECT FROM crm_history h WHERE h.act = asked AND h.object = 'deal' AND h.record = d.id
                                                    AND h.field IN ('', 'company_id')))
           WHEN 'lead' THEN
                EXISTS (SELECT FROM crm_deal d WHERE d.lead_id = id_ AND d.deleted_at IS NULL AND NOT EXISTS (
                        SELECT FROM crm_history h WHERE h.act = asked AND h.object = 'deal' AND h.record = d.id AND h.field = ''))
           WHEN 'deal' THEN
                EXISTS (SELECT FROM crm_task t WHERE t.deal_id = id_ AND t.deleted_at IS NULL AND NOT EXISTS (
                        SELECT FROM crm_history h WHERE h.act = asked AND h.object = 'task' AND h.record = t.id
                                                    AND h.field IN ('', 'deal_id')))
             OR EXISTS (SELECT FROM crm_activity v WHERE v.deal_id = id_ AND v.kind = 'note.written')
           ELSE false END
$$;

-- Takes back what an act changed of the records of one object, field by field, set-based: the value of before where nobody
-- changed the field since. Changes that are undone themselves do not count, and of tags only the act's own go and come.
-- Runs within the act that undoes (hub.cause). Gives each field with whether it is as before.
CREATE FUNCTION crm_put_back(asked uuid, of text, records bigint[], who integer)
RETURNS TABLE (record bigint, field text, is_back boolean) LANGUAGE plpgsql SET timezone TO 'UTC' AS $$
DECLARE
    relation text := 'crm_' || of;
    undoing uuid := (current_setting('hub.cause')::jsonb ->> 'id')::uuid;
    sets text;
    gets text;
    has_fields boolean := EXISTS (SELECT FROM pg_attribute WHERE attrelid = relation::regclass AND attname = 'fields'
                                                             AND NOT attisdropped);
    has_updated boolean := EXISTS (SELECT FROM pg_attribute WHERE attrelid = relation::regclass
                                                              AND attname = 'updated_at' AND NOT attisdropped);
BEGIN
    EXECUTE format('SELECT count(*) FROM (SELECT FROM %I WHERE id = ANY($1) ORDER BY id FOR UPDATE) AS locked', relation)
      USING records;
    CREATE TEMPORARY TABLE IF NOT EXISTS crm_back
        (record bigint, field text, old jsonb, after jsonb, has_after boolean, is_free boolean) ON COMMIT DROP;
    TRUNCATE pg_temp.crm_back;
    INSERT INTO pg_temp.crm_back
    SELECT c.record, c.field, c.old, n.old, n.id IS NOT NULL, NOT EXISTS (
           SELECT FROM crm_history l LEFT JOIN crm_act a ON a.id = l.act
            WHERE l.object = of AND l.record = c.record AND l.field = c.field AND l.until >= c.until - interval '1 hour' AND l.id > c.last
              AND l.act IS DISTINCT FROM asked AND l.act IS DISTINCT FROM undoing
              AND (a.id IS NULL OR (a.undone_at IS NULL AND a.kind <> 'undo')))
      FROM (SELECT h.record, h.field, max(h.id) AS last, min(h.until) AS until,
                   (array_agg(h.old ORDER BY h.id))[1] AS old
              FROM crm_history h
             WHERE h.act = asked AND h.object = of AND h.record = ANY(records)
               AND h.field NOT IN ('root_id', 'merged_into')
             GROUP BY h.record, h.field) AS c
      LEFT JOIN LATERAL (
           SELECT l.id, l.old FROM crm_history l
            WHERE l.object = of AND l.record = c.record AND l.field = c.field AND l.until >= c.until - interval '1 hour' AND l.id > c.last
            ORDER BY l.id LIMIT 1) AS n ON true;
    -- What the act made goes to the bin as it is, or stays as it is.
    DELETE FROM pg_temp.crm_back b USING pg_temp.crm_back made
     WHERE made.field = '' AND made.record = b.record AND b.field <> '';
    UPDATE pg_temp.crm_back b SET is_free = NOT crm_hangs(of, b.record, asked, undoing) WHERE b.field = '';
    UPDATE pg_temp.crm_back b SET is_free = true WHERE b.field = 'tags';
    EXECUTE format('UPDATE pg_temp.crm_back b SET is_free = false
                     WHERE NOT EXISTS (SELECT FROM %I AS t WHERE t.id = b.record)', relation);

    SELECT string_agg(format('%I', c), ', '), string_agg(format('r.%I', c), ', ') INTO sets, gets
      FROM (SELECT DISTINCT CASE WHEN b.field LIKE 'fields.%' THEN 'fields' ELSE b.field END AS c FROM pg_temp.crm_back b
             WHERE b.is_free AND b.field <> '' AND b.field NOT LIKE 'handle.%'
               AND b.field NOT LIKE 'follower.%') AS d;
    IF sets IS NOT NULL THEN
        EXECUTE format($sql$
            UPDATE %1$I AS t SET (%2$s%4$s) = (SELECT %3$s%5$s FROM jsonb_populate_record(t, p.patch) AS r)
              FROM (SELECT b.record, coalesce(jsonb_object_agg(b.field, CASE WHEN b.field = 'tags'
                               THEN crm_tags_back(to_jsonb(x)->'tags', b.old, coalesce(b.after, to_jsonb(x)->'tags'))
                               ELSE b.old END) FILTER (WHERE b.field NOT LIKE 'fields.%%'), '{}') %6$s AS patch
                      FROM pg_temp.crm_back b JOIN %1$I x ON x.id = b.record
                     WHERE b.is_free AND b.field <> '' AND b.field NOT LIKE 'handle.%%'
                       AND b.field NOT LIKE 'follower.%%'
                     GROUP BY b.record, x.id) AS p
             WHERE t.id = p.record
            $sql$, relation, sets, gets,
            CASE WHEN has_updated THEN ', updated_at' ELSE '' END,
            CASE WHEN has_updated THEN ', now()' ELSE '' END,
            CASE WHEN has_fields THEN $sql$ || CASE WHEN bool_or(b.field LIKE 'fields.%') THEN jsonb_build_object('fields',
                (x.fields || coalesce(jsonb_object_agg(substr(b.field, 8), b.old)
                                 FILTER (WHERE b.field LIKE 'fields.%' AND b.old IS NOT NULL), '{}'))
                - coalesce(array_agg(substr(b.field, 8)) FILTER (WHERE b.field LIKE 'fields.%' AND b.old IS NULL), '{}'))
                ELSE '{}' END $sql$ ELSE '' END);
    END IF;
    EXECUTE format('UPDATE %I AS t SET deleted_at = now(), deleted_by = $1 FROM pg_temp.crm_back b
                     WHERE b.field = '''' AND b.is_free AND t.id = b.record AND t.deleted_at IS NULL', relation) USING who;
    IF of = 'contact' THEN
        PERFORM crm_put_back_of_contacts();
    END IF;
    RETURN QUERY SELECT b.record, b.field, b.is_free FROM pg_temp.crm_back b ORDER BY b.record, b.field;
END $$;

-- Tags as they are now, without those that an act added and with those that it took.
CREATE FUNCTION crm_tags_back(present jsonb, before jsonb, after jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(jsonb_agg(tag ORDER BY n), '[]') FROM (
        SELECT tag, min(n) AS n FROM (
            SELECT tag, n FROM jsonb_array_elements(before) WITH ORDINALITY AS b (tag, n)
             WHERE present @> tag OR NOT after @> tag
             UNION ALL
            SELECT tag, 1000 + n FROM jsonb_array_elements(present) WITH ORDINALITY AS p (tag, n)
             WHERE before @> tag OR NOT after @> tag) AS u
         GROUP BY tag) AS every
$$;

-- Handles and followers that an act gave or took; what is proven meanwhile, or stands elsewhere, stays.
CREATE FUNCTION crm_put_back_of_contacts() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE pg_temp.crm_back b SET is_free = false
     WHERE b.field LIKE 'handle.%' AND b.is_free AND b.old IS NULL AND EXISTS (
           SELECT FROM crm_handle h WHERE h.id = substr(b.field, 8)::bigint AND h.trust = 'proven');
    DELETE FROM crm_handle h USING pg_temp.crm_back b
     WHERE b.field LIKE 'handle.%' AND b.is_free AND b.old IS NULL AND h.id = substr(b.field, 8)::bigint;
    INSERT INTO crm_handle OVERRIDING SYSTEM VALUE
    SELECT r.* FROM pg_temp.crm_back b CROSS JOIN LATERAL jsonb_populate_record(NULL::crm_handle, b.old) AS r
     WHERE b.field LIKE 'handle.%' AND b.is_free AND b.old IS NOT NULL
        ON CONFLICT DO NOTHING;
    DELETE FROM crm_follower f USING pg_temp.crm_back b
     WHERE b.field LIKE 'follower.%' AND b.is_free AND b.old IS NULL AND f.contact_id = b.record
       AND f.user_id = substr(b.field, 10)::integer;
    INSERT INTO crm_follower
    SELECT r.contact_id, r.user_id, c.root_id FROM pg_temp.crm_back b
     CROSS JOIN LATERAL jsonb_populate_record(NULL::crm_follower, b.old) AS r JOIN crm_contact c ON c.id = r.contact_id
     WHERE b.field LIKE 'follower.%' AND b.is_free AND b.old IS NOT NULL
        ON CONFLICT DO NOTHING;
    UPDATE pg_temp.crm_back b SET is_free = false
     WHERE b.field LIKE 'handle.%' AND b.is_free AND b.old IS NOT NULL AND NOT EXISTS (
           SELECT FROM crm_handle h WHERE h.id = substr(b.field, 8)::bigint);
END $$;

-- Deletes for good what has lain in the bin for so many days, with its history; what something hangs on stays, and is not
-- tried again. How many were deleted.
CREATE FUNCTION crm_purge(days integer, most integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    of text;
    id_ bigint;
    done integer := 0;
    kin bigint[];
BEGIN
    FOREACH of IN ARRAY ARRAY['task', 'deal', 'lead', 'contact', 'company'] LOOP
        FOR id_ IN EXECUTE format('SELECT t.id FROM %I AS t WHERE t.deleted_at < now() - make_interval(days => $1)
                                      AND NOT EXISTS (SELECT FROM crm_bin_kept k WHERE k.object = $2 AND k.record = t.id)
                                    ORDER BY t.deleted_at LIMIT $3', 'crm_' || of) USING days, of, most - done LOOP
            BEGIN
                kin := ARRAY[id_];
                IF of = 'contact' THEN
                    SELECT array_agg(id) INTO kin FROM crm_contact WHERE root_id = id_;
                    DELETE FROM crm_merge WHERE absorbed_id = ANY(kin) AND survivor_id = ANY(kin);
                    DELETE FROM crm_handle WHERE contact_id = ANY(kin);
                END IF;
                EXECUTE format('DELETE FROM %I WHERE id = ANY($1)', 'crm_' || of) USING kin;
                DELETE FROM crm_history WHERE object = of AND record = ANY(kin);
                done := done + 1;
            EXCEPTION WHEN foreign_key_violation THEN
                INSERT INTO crm_bin_kept (object, record) VALUES (of, id_);
            END;
        END LOOP;
    END LOOP;
    RETURN done;
END $$;
