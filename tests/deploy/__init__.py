"""The files that run the system in containers: what they promise, and that their commands work."""
