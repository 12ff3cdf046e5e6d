"""What happens to an event that somebody sends us, step by step."""
