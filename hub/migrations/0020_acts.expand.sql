-- What people do and can take back, and what they have begun to write. Owners: crm (acts), inbox (the rest).

-- One act of a person: a reply, an assignment, a closing. Kept for a day.
CREATE TABLE crm_act (
    id              uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    kind            text NOT NULL,                     -- reply assign close reopen snooze split move ...
    user_id         integer,                           -- who did it
    concerns        integer[] NOT NULL DEFAULT '{}',   -- who lost or got something by it, and may take it back as well
    conversation_id bigint,
    message_id      bigint,                            -- what was said, moved or split off
    at              timestamptz NOT NULL DEFAULT now(),
    undone_at       timestamptz
);
CREATE INDEX crm_act_at ON crm_act (at);
CREATE INDEX crm_act_message ON crm_act (message_id) WHERE message_id IS NOT NULL;
CREATE INDEX crm_act_conversation ON crm_act (conversation_id, at DESC) WHERE conversation_id IS NOT NULL;

-- What an act changed, row by row: of an update the changed columns, of an insert nothing, of a removal the whole row.
CREATE TABLE crm_act_image (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    act_id   uuid NOT NULL REFERENCES crm_act ON DELETE CASCADE,
    relation text NOT NULL,
    op       text NOT NULL,
    key      jsonb NOT NULL,
    before   jsonb,
    after    jsonb
);
CREATE INDEX crm_act_image_act ON crm_act_image (act_id, id);

-- Runs only while a transaction carries out an act (hub.act names it); its arguments are the columns of the key.
CREATE FUNCTION crm_keep_image() RETURNS trigger LANGUAGE plpgsql SET timezone TO 'UTC' AS $$
DECLARE
    was jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END;
    now_is jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END;
    place jsonb;
    changed text[];
BEGIN
    SELECT jsonb_object_agg(name, coalesce(now_is, was) -> name) INTO place FROM unnest(TG_ARGV) AS name;
    IF TG_OP = 'UPDATE' THEN
        SELECT array_agg(e.key) INTO changed FROM jsonb_each(was) AS e WHERE e.value IS DISTINCT FROM now_is -> e.key;
        IF changed IS NULL THEN
            RETURN NULL;
        END IF;
        SELECT jsonb_object_agg(name, was -> name), jsonb_object_agg(name, now_is -> name) INTO was, now_is
          FROM unnest(changed) AS name;
    ELSIF TG_OP = 'INSERT' THEN
        now_is := NULL;
    END IF;
    INSERT INTO crm_act_image (act_id, relation, op, key, before, after)
    VALUES (current_setting('hub.act')::uuid, TG_TABLE_NAME, TG_OP, place, was, now_is);
    RETURN NULL;
END $$;

-- Puts everything back that an act changed, latest first. A column that somebody changed since keeps their value and is
-- named in the answer; counters give back their share, a fence only rises, and who waits has waited since the earlier time.
CREATE FUNCTION crm_take_back(asked uuid) RETURNS text[] LANGUAGE plpgsql SET timezone TO 'UTC' AS $$
DECLARE
    image crm_act_image;
    place text;
    present jsonb;
    patch jsonb;
    name text;
    names text;
    kept text[] := '{}';
BEGIN
    FOR image IN SELECT * FROM crm_act_image WHERE act_id = asked ORDER BY id DESC LOOP
        SELECT string_agg(format('%I = %L', e.key, e.value), ' AND ') INTO place FROM jsonb_each_text(image.key) AS e;
        IF image.op = 'DELETE' THEN
            EXECUTE format('INSERT INTO %I OVERRIDING SYSTEM VALUE SELECT * FROM jsonb_populate_record(NULL::%I, $1)
                            ON CONFLICT DO NOTHING', image.relation, image.relation) USING image.before;
            CONTINUE;
        END IF;
        EXECUTE format('SELECT to_jsonb(t) FROM %I AS t WHERE %s FOR UPDATE', image.relation, place) INTO present;
        IF present IS NULL THEN
            CONTINUE;
        END IF;
        IF image.op = 'INSERT' THEN
            BEGIN
                EXECUTE format('DELETE FROM %I WHERE %s', image.relation, place);
            EXCEPTION WHEN foreign_key_violation THEN
                kept := kept || (image.relation || '.*');
            END;
            CONTINUE;
        END IF;
        patch := '{}';
        FOR name IN SELECT jsonb_object_keys(image.before) LOOP
            IF name = 'fence' THEN
                patch := patch || jsonb_build_object(name, (present ->> name)::bigint + 1);
            ELSIF name IN ('unread', 'message_count') THEN
                patch := patch || jsonb_build_object(name, greatest(0, (present ->> name)::bigint
                             + (image.before ->> name)::bigint - (image.after ->> name)::bigint));
            ELSIF present -> name = image.after -> name THEN
                patch := patch || jsonb_build_object(name, image.before -> name);
            ELSIF name = 'waiting_since' THEN
                patch := patch || jsonb_build_object(name, least((image.before ->> name)::timestamptz,
                                                                 (present ->> name)::timestamptz));
            ELSE
                kept := kept || (image.relation || '.' || name);
            END IF;
        END LOOP;
        SELECT string_agg(format('%I', k), ', ') INTO names FROM jsonb_object_keys(patch) AS k;
        IF names IS NOT NULL THEN
            EXECUTE format('UPDATE %I SET (%s) = (SELECT %s FROM jsonb_populate_record(NULL::%I, $1)) WHERE %s',
                           image.relation, names, names, image.relation, place) USING patch;
        END IF;
    END LOOP;
    RETURN kept;
END $$;

-- What a user has begun to write, one text a kind: a note never comes back as a reply, and every device shows it.
CREATE TABLE inbox_draft (
    user_id         integer NOT NULL REFERENCES crm_user,
    conversation_id bigint NOT NULL REFERENCES inbox_conversation ON DELETE CASCADE,
    kind            text NOT NULL CHECK (kind IN ('reply', 'note')),
    text            text NOT NULL,
    at              timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (user_id, conversation_id, kind)
);

-- The key that a composed message carries: sent again because its answer was lost, it is stored once.
CREATE TABLE inbox_said (
    user_id    integer NOT NULL REFERENCES crm_user,
    key        text NOT NULL,
    message_id bigint REFERENCES inbox_message ON DELETE CASCADE,
    at         timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, key)
);
CREATE INDEX inbox_said_message ON inbox_said (message_id);
CREATE INDEX inbox_said_at ON inbox_said (at);

ALTER TABLE inbox_move ADD COLUMN act_id uuid;         -- what the move changed, while it is kept
-- The history of moves may name a conversation that was made by a move and is gone since it was undone.
ALTER TABLE inbox_move DROP CONSTRAINT inbox_move_to_id_fkey;

-- A deal or a conversation that an undone act had made is gone from the counters as well.
CREATE FUNCTION crm_count_gone_deals() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO crm_stage_total
    SELECT stage_id, coalesce(owner_id, 0), currency, -count(*), -sum(amount) FROM old_rows GROUP BY 1, 2, 3;
    RETURN NULL;
END $$;
CREATE TRIGGER crm_deal_discounted AFTER DELETE ON crm_deal
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION crm_count_gone_deals();
CREATE FUNCTION inbox_count_gone_conversations() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO inbox_counter
    SELECT coalesce(assignee_id, 0), state, -count(*), -count(*) FILTER (WHERE unread > 0),
           -count(*) FILTER (WHERE waiting_since IS NOT NULL)
      FROM old_rows GROUP BY 1, 2;
    RETURN NULL;
END $$;
CREATE TRIGGER inbox_conversation_discounted AFTER DELETE ON inbox_conversation
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION inbox_count_gone_conversations();

DO $$
DECLARE
    relation text;
    key text;
BEGIN
    FOR relation, key IN VALUES
        ('inbox_conversation', '''id'''), ('inbox_message', '''id'''), ('inbox_outbox', '''id'''),
        ('inbox_attachment', '''id'''), ('inbox_watch', '''conversation_id'''), ('crm_contact', '''id'''),
        ('inbox_draft', '''user_id'', ''conversation_id'', ''kind'''), ('crm_handle', '''id'''),
        ('crm_follower', '''user_id'', ''contact_id'''), ('crm_deal', '''id'''), ('crm_lead', '''id'''),
        ('inbox_bot_event', '''id''')
    LOOP
        EXECUTE format('CREATE TRIGGER %s_imaged AFTER INSERT OR UPDATE OR DELETE ON %I FOR EACH ROW '
                       'WHEN (coalesce(current_setting(''hub.act'', true), '''') <> '''') '
                       'EXECUTE FUNCTION crm_keep_image(%s)', relation, relation, key);
    END LOOP;
END $$;
