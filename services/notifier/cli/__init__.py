"""The commands of the notifier: the fast-track queue, drafts, and how people are reached."""
