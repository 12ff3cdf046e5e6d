"""What counts as an activity, and whose it is."""
