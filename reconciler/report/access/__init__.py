"""Who has access, and by whose approval: `model` has the facts, `words` says them, the others lay them out."""
