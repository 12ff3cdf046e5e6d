"""Hears: activity, zone changes and recognitions. Says: alerts and notices, each once."""
