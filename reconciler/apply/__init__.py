"""Plan × portal → outcomes: run (order, side by side, failures), writes (which call makes which change)."""
