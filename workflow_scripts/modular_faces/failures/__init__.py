"""The failure study: why landmarks were not found, for any dataset and backend."""
