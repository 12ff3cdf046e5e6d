"""The append-only log that is a service's memory and its outbox."""
