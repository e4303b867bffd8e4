"""Why landmarks were not found: the studies of failure."""
