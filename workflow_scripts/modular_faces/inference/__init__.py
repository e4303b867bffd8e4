"""Intervals, tests and corrections that every study shares; nothing here knows of pictures."""
