"""From places in manifests to where they come from: one `git blame` a file, side by side, and two calls for all."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from reconciler.git import Git, GitError
from reconciler.history.blamed import on_disk, parse_blame
from reconciler.history.commits import parse_commits
from reconciler.history.mainline import brought_by, parse_graph
from reconciler.model.origin import Origin
from reconciler.model.provenance import Commit, Provenance

UNCOMMITTED = Provenance("uncommitted")
SHALLOW = Provenance(
    "unknown", why="this clone is shallow, and its oldest commit is not who wrote the line: fetch the whole history"
)


@dataclass(frozen=True, slots=True)
class History:
    """What git knows of the lines of some files: of each its commit, or of a file what keeps it from being known.

    `everywhere`: what holds for every line, where git cannot tell.
    """

    lines: dict[str, list[str | None] | Provenance]
    commits: dict[str, Commit]
    brought: dict[str, str]
    everywhere: Provenance | None = None

    def of(self, origin: Origin | None) -> Provenance:
        """Where that line comes from."""
        if self.everywhere:
            return self.everywhere
        lines = self.lines.get(origin.file) if origin else None
        if isinstance(lines, Provenance):
            return lines
        if origin is None or lines is None or not 0 < origin.line <= len(lines):
            return Provenance("unknown", why="no line of a manifest that git was asked about")
        id_ = lines[origin.line - 1]
        if id_ is None:
            return UNCOMMITTED
        main = self.brought.get(id_, id_)
        return Provenance("committed", self.commits[id_], self.commits[main] if main != id_ else None)


def trace(git: Git, path: str, files: Iterable[str], *, workers: int = 8) -> History:
    """The history of these files, all of one repository. Where git cannot tell, that is known of each line."""
    try:
        head = git.head(path)
        if head is None:
            return History({}, {}, {}, UNCOMMITTED)
        if git.is_shallow(path):
            return History({}, {}, {}, SHALLOW)
        names = sorted(set(files))
        with ThreadPoolExecutor(max_workers=workers) as pool:
            lines = dict(zip(names, pool.map(lambda file: _lines(git, file, head), names), strict=True))
        ids = {id_ for told in lines.values() if isinstance(told, list) for id_ in told if id_}
        brought = brought_by(parse_graph(git.graph(path, head)), head) if ids else {}
        needed = sorted(ids | {brought[id_] for id_ in ids if id_ in brought})
        commits = {commit.id: commit for commit in parse_commits(git.objects(path, needed))}
    except GitError as error:
        return History({}, {}, {}, Provenance("unknown", why=error.message))
    return History(lines, commits, brought)


def _lines(git: Git, file: str, head: str) -> list[str | None] | Provenance:
    """The commit of each line; where git cannot tell of this one file, why: that of the others is known."""
    try:
        content = Path(file).read_bytes()
        told = git.blame(file, head)
    except OSError as error:
        return Provenance("unknown", why=f"{file} cannot be read any more: {error.strerror}")
    except GitError as error:
        return Provenance("unknown", why=error.message)
    return [None] * len(content.splitlines()) if told is None else on_disk(parse_blame(told), content)
