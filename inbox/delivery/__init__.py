"""Messages leave from here, each try a row, each outcome told apart."""
