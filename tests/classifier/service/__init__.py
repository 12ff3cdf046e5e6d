"""The classifier as it runs: its log, its tables, its answers, and what it survives."""
