"""What the log amounts to today, as tables: written with every entry, read by every batch."""
