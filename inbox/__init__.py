"""The hall: intake, conversations, routing, the bot's turn and delivery; joins connectors, chatbot and crm_core."""
