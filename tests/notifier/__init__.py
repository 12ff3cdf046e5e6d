"""The notifier: everything that has to be said is said, once."""
