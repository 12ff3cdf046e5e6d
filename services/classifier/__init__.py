"""Hears: activity. Says: zone changes and vitality, each with its reasons; demotions that are due,
and due no more; how near the next zone is; which policy governs.
"""
