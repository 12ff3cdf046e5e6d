"""Hears: activity and zone changes. Says: recognitions."""
