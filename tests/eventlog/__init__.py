"""The promises of the log, kept on real SQLite files."""
