"""A page for the browser, in one file that loads nothing: what changes, what drifts, and who has access to what."""
