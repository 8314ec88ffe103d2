-- How often the bot answered a contact within the hour: two machines that write to each other are told by their pace.
ALTER TABLE inbox_bot_said ADD COLUMN answers integer NOT NULL DEFAULT 0;
