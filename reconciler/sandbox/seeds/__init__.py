"""Documents into the state and the state in words."""
