"""What the notifier says: what people were told, and what is still promised."""
