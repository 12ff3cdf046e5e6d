"""What ingest decides, without a disk or a network."""
