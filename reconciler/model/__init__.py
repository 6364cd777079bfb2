"""The nouns of the trade, and nothing else: what git says (desired), what the portal has (observed), the changes."""
