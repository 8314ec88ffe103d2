-- What was believed of mail without a server that checks senders is a claim from now on. Owner: crm.
UPDATE crm_handle h SET trust = 'claimed', evidence = CASE h.evidence WHEN 'mail_to' THEN 'mail_from' ELSE h.evidence END
  FROM inbox_channel c
 WHERE c.id = h.channel_id AND c.connector = 'email' AND coalesce(c.settings ->> 'auth_server', '') = ''
   AND h.kind = 'email' AND h.trust = 'proven' AND h.evidence IN ('mail_from', 'mail_reply_to', 'mail_to');
