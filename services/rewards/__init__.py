"""Turns effort, arrivals and impact into recognitions, each granted once, with what it is for.

Hears: on ACTIVITY what members do, what takes it back, what came of it, and the `member_*` kinds;
on ZONES `zone.changed`.
Says: on RECOGNITIONS `recognition.granted`, `recognition.adjusted` and
`recognition.period_closed`.
"""
