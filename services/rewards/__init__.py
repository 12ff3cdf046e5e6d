"""Turns effort and arrivals into recognitions, each granted once, with its pieces or zone named.

Hears: on ACTIVITY `publish`, `retract` and the `member_*` kinds; on ZONES `zone.changed`.
Says: on RECOGNITIONS `recognition.granted` and `recognition.adjusted`.
"""
