"""The rules of each kind of record."""
