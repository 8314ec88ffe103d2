"""What a mail holds, out of its bytes: parts, charsets, texts, files, addresses."""
