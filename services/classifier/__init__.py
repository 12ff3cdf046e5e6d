"""Hears: activity. Says: zone changes, each with its reasons."""
