-- Who is told of everything is told of failed reactions too, which were no kind of alarm when they chose.
UPDATE hub_alarm_way SET kinds = kinds || '{reactions}'
 WHERE kinds @> '{credentials,quarantine,silence,refused,unsent,provider}' AND NOT kinds @> '{reactions}';
