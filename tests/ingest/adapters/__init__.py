"""What the operator has written down for ingest."""
