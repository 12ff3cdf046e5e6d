"""Exports of platforms, written by hand in the shape of real ones."""
