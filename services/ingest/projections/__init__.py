"""The directory as tables, derived from its log."""
