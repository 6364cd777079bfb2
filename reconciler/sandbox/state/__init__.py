"""The state: tables in SQLite, transactions, times."""
