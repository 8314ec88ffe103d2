-- What was believed of mail without a server that checks senders is a claim from now on. Owners: crm, inbox.
UPDATE crm_handle h SET trust = 'claimed', evidence = CASE h.evidence WHEN 'mail_to' THEN 'mail_from' ELSE h.evidence END
  FROM inbox_channel c
 WHERE c.id = h.channel_id AND c.connector = 'email' AND coalesce(c.settings ->> 'auth_server', '') = ''
   AND h.kind = 'email' AND h.trust = 'proven' AND h.evidence IN ('mail_from', 'mail_reply_to', 'mail_to');
-- Conversations of claimed senders are told from those of proven ones by how their thread begins.
UPDATE inbox_conversation v SET thread = h.evidence || '/' || v.thread
  FROM inbox_channel c, crm_handle h
 WHERE c.id = v.channel_id AND c.connector = 'email' AND v.thread LIKE 's:%'
   AND h.contact_id = v.contact_id AND h.kind = v.handle_kind AND h.value = v.handle_value
   AND h.trust = 'claimed' AND h.evidence IN ('mail_from', 'mail_reply_to', 'mail_relay', 'form_field');
