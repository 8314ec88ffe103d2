"""Who wrote a mail, and how far that is believed."""
