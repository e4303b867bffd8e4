"""Intervals, tests, corrections and effect sizes: the statistics that studies and the model share."""
