"""The rules of ingest: what it takes, what it refuses, and what it promises for both."""
