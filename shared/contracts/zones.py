"""What the classifier says: who is in which zone, and why."""
