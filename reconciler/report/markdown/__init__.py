"""Markdown for a pull request, a merge request and a job summary: what a reviewer needs first comes first."""
