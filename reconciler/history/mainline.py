"""Which merge brought a commit onto the main line, from the graph of the commits. Pure."""

from __future__ import annotations

from collections.abc import Mapping


def parse_graph(told: bytes) -> dict[str, tuple[str, ...]]:
    """The parents of every commit, from `git rev-list --parents`; the commit asked about comes first."""
    lines = (line.split() for line in told.decode("ascii").splitlines())
    return {commit: tuple(parents) for commit, *parents in lines}


def brought_by(graph: Mapping[str, tuple[str, ...]], head: str) -> dict[str, str]:
    """For each commit the one of the main line that it came in with: itself, where it was made there.

    The main line is what first parents lead along from `head`: a merge's first parent is what was merged into.
    """
    line = [head]
    while parents := graph.get(line[-1], ()):
        line.append(parents[0])
    found: dict[str, str] = {}
    for main in reversed(line):
        waiting = [main]
        while waiting:
            commit = waiting.pop()
            if commit not in found:
                found[commit] = main
                waiting += graph.get(commit, ())
    return found
