"""What `zones` can do by way of ingest."""
