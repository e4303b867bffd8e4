"""A small renderer of faces from MakeHuman's CC0 data, for the bundled sample."""
