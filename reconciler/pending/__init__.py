"""Who waits for a decision: what git does not answer, what an approval would give, and what is suspicious. Pure."""
