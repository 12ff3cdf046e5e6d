"""Hears: what platforms and scripts report. Says: one kind of activity event."""
