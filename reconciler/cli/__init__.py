"""The command line: a command reads options, makes one call, emits, returns a code."""
