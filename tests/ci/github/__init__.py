"""GitHub as its workflows meet it: a runner of steps, and gh on its PATH."""
