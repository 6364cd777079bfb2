"""From files in git to what they say: read (YAML with places), check (shape), resolve (meaning)."""
