"""What the operator has written down for ingest, read and checked when it starts."""
