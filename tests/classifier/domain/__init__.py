"""Deciding zones: each rule as an example, and the laws as properties."""
