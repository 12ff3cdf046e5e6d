"""What ingest says: one kind of event for everything that people do."""
