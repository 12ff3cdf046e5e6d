"""The classifier: which zone a member is in, and how that is said."""
