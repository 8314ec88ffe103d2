"""The telephony connector."""
