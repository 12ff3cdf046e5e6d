"""What is kept of the log in tables, so that it need not be read again."""
