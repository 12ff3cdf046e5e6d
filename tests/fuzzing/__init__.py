"""Fuzzing: `make fuzz` guided by what of our code is reached, and a few seconds in every run."""
