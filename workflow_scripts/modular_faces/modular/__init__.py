"""How well an interpretable model of named modules predicts what people see in faces."""
