"""Fills a database: contacts, conversations, messages and deals, as years of use would leave them."""

from __future__ import annotations

from hub.database import connect

# Indexes of the big table are made after it is filled; everything is generated in the server.
DROP = (
    "DROP INDEX inbox_message_words",
    "DROP INDEX inbox_message_thread",
    "ALTER TABLE inbox_conversation DISABLE TRIGGER USER",
    "ALTER TABLE crm_deal DISABLE TRIGGER USER",
)
CONTACTS = """
    INSERT INTO crm_contact (id, name, root_id, owner_id) OVERRIDING SYSTEM VALUE
    SELECT n, (ARRAY['Anna','Boris','Chan','Dara','Elena','Farid','Sokha','Иван','Мария','Olga'])[1 + n % 10] || ' ' ||
              (ARRAY['Smith','Petrov','Sok','Kim','Novak','Berg','Chea','Иванова'])[1 + (n / 10) % 8] || ' ' || n,
           n, u.ids[1 + n % cardinality(u.ids)]
      FROM generate_series($1::bigint, $2::bigint) AS n,
           (SELECT array_agg(id ORDER BY id) AS ids FROM crm_user WHERE role = 'manager') AS u"""
HANDLES = """
    INSERT INTO crm_handle (contact_id, kind, value, trust, evidence)
    SELECT n, 'phone', '+1' || (2020000000 + n), 'proven', 'sink' FROM generate_series($1::bigint, $2::bigint) AS n"""
CONVERSATIONS = """
    INSERT INTO inbox_conversation (id, channel_id, contact_id, handle_kind, handle_value, state, assignee_id, owner,
                                    last_text, last_at, unread, waiting_since, message_count, created_at, last_message_id)
    OVERRIDING SYSTEM VALUE
    SELECT n, c.id, n, 'phone', '+1' || (2020000000 + n), CASE WHEN n % 25 = 0 THEN 'open' ELSE 'closed' END,
           CASE WHEN n % 50 = 0 THEN NULL ELSE u.ids[1 + n % cardinality(u.ids)] END,
           CASE WHEN n % 50 = 0 THEN 'queue' ELSE 'user' END, 'What is the price of number ' || n || '?',
           now() - ($2::bigint - n) * interval '20 seconds', (n % 100 = 0)::int,
           CASE WHEN n % 100 = 0 THEN now() - ($2::bigint - n) * interval '20 seconds' END, 10,
           now() - ($2::bigint - n) * interval '21 seconds', n * 10
      FROM generate_series($1::bigint, $2::bigint) AS n,
           (SELECT id FROM inbox_channel WHERE slug = 'sink') AS c,
           (SELECT array_agg(id ORDER BY id) AS ids FROM crm_user WHERE role = 'manager') AS u"""
MESSAGES = """
    INSERT INTO inbox_message (id, conversation_id, channel_id, direction, author, external_id, at, text, words)
    OVERRIDING SYSTEM VALUE
    SELECT n, 1 + (n - 1) / 10, c.id, CASE WHEN n % 2 = 1 THEN 'in' ELSE 'out' END,
           CASE WHEN n % 2 = 1 THEN 'person' WHEN n % 4 = 0 THEN 'user' ELSE 'bot' END, 'f' || n,
           now() - ($3::bigint - n) * interval '2 seconds', 'What is the price of number ' || n || ' in ' || t.word || '?',
           array_to_tsvector(ARRAY['what','is','the','price','of','number',n::text,'in',t.word])
      FROM generate_series($1::bigint, $2::bigint) AS n
      JOIN LATERAL (SELECT (ARRAY['red','blue','green','grey','white','black'])[1 + n % 6] || (n % 5000) AS word) AS t ON true,
           (SELECT id FROM inbox_channel WHERE slug = 'sink') AS c"""
DEALS = """
    INSERT INTO crm_deal (contact_id, pipeline_id, stage_id, owner_id, title, amount, rank, conversation_id, closed_at)
    SELECT n, p.id, s.ids[1 + n % cardinality(s.ids)], u.ids[1 + n % cardinality(u.ids)], 'Deal ' || n, n * 100, n, n,
           CASE WHEN n % cardinality(s.ids) >= 4 THEN now() END
      FROM generate_series($1::bigint, $2::bigint) AS n,
           (SELECT id FROM crm_pipeline ORDER BY id LIMIT 1) AS p,
           (SELECT array_agg(id ORDER BY position) AS ids FROM crm_stage) AS s,
           (SELECT array_agg(id ORDER BY id) AS ids FROM crm_user WHERE role = 'manager') AS u"""
OPEN = """
    UPDATE inbox_conversation SET state = 'open', owner = 'user', assignee_id = coalesce(assignee_id, u.id)
      FROM (SELECT min(id) AS id FROM crm_user WHERE role = 'manager') AS u"""
AFTER = (
    "CREATE INDEX inbox_message_thread ON inbox_message (conversation_id, id DESC)",
    "CREATE INDEX inbox_message_words ON inbox_message USING gin (words) WHERE author <> 'bot'",
    "ALTER TABLE inbox_conversation ENABLE TRIGGER USER",
    "ALTER TABLE crm_deal ENABLE TRIGGER USER",
    """INSERT INTO inbox_counter SELECT coalesce(assignee_id, 0), state, count(*), count(*) FILTER (WHERE unread > 0),
              count(*) FILTER (WHERE waiting_since IS NOT NULL) FROM inbox_conversation GROUP BY 1, 2""",
    """INSERT INTO crm_stage_total SELECT stage_id, coalesce(owner_id, 0), currency, count(*), sum(amount) FROM crm_deal
        GROUP BY 1, 2, 3""",
    "SELECT setval('inbox_message_id_seq', (SELECT max(id) FROM inbox_message))",
    "SELECT setval('inbox_conversation_id_seq', (SELECT max(id) FROM inbox_conversation))",
    "SELECT setval('crm_contact_id_seq', (SELECT max(id) FROM crm_contact))",
    "VACUUM ANALYZE",
)
STEP = 50_000


async def fill(
    url: str, *, conversations: int, messages_each: int = 10, deals: int | None = None, are_open: bool = False
) -> None:
    """So many conversations of as many contacts with ten messages each, and a deal for every fifth, into an empty database;
    one in 25 is open, or all."""
    conn = await connect(url, application="bench")
    await conn.execute("SET synchronous_commit = off; SET maintenance_work_mem = '512MB'; SET jit = off")
    for statement in DROP:
        await conn.execute(statement)
    for query in (CONTACTS, HANDLES, CONVERSATIONS):
        for first in range(1, conversations + 1, STEP):
            last = min(first + STEP - 1, conversations)
            await conn.execute(query, first, last)
    total = conversations * messages_each
    for first in range(1, total + 1, STEP * 4):
        await conn.execute(MESSAGES, first, min(first + STEP * 4 - 1, total), total)
    await conn.execute(DEALS, 1, deals or max(1, conversations // 5))
    if are_open:
        await conn.execute(OPEN)
        await conn.execute("VACUUM FULL inbox_conversation")
    for statement in AFTER:
        await conn.execute(statement)
    await conn.close()
