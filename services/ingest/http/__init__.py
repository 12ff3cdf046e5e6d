"""How ingest is spoken to over HTTP."""
