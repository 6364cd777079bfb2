"""A second working tree of a repository, in which branches are made without touching the user's own."""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from reconciler.errors import InputError
from reconciler.secret import visible

_TIMEOUT = 300.0
_CREDENTIALS = re.compile(r"://[^@/\s]+@")
"""In a remote's URL; git hides them in most of what it says."""
TRAILER = "Reconciler-Requests"
"""By this line in its message a commit of ours is known from one of a person."""


class WorktreeError(InputError):
    """Git did not do what was asked."""


@dataclass(frozen=True, slots=True)
class Tip:
    """What a branch on the remote is at. `ours`: nobody has pushed to it since we did."""

    commit: str
    tree: str
    ours: bool


@dataclass(frozen=True, slots=True)
class Worktree:
    """Files at the base branch's newest commit; `folder` is where the workspace is in it, `inside` its path there."""

    folder: str
    inside: str
    _top: str
    _remote: str
    _base: str
    _environment: Mapping[str, str]

    def shown(self, path: str) -> str:
        """A path in this tree as it is in the repository."""
        return path.removeprefix(f"{self._top}/")

    def reset(self) -> None:
        """Back to the files of the base."""
        self._git("checkout", "--quiet", "--force", "--detach", self._base)
        self._git("clean", "--quiet", "--force", "-d")

    def commit(self, title: str, requests: int) -> str:
        """Commit everything that was changed; the commit."""
        self._git("add", "--all")
        named = (
            [] if self._config("user.email") else ["-c", "user.name=reconciler", "-c", "user.email=noreply@invalid"]
        )
        message = f"{title}\n\n{TRAILER}: {requests}\n"
        self._git(*named, "commit", "--quiet", "--no-verify", f"--message={message}")
        return self._git("rev-parse", "HEAD")

    def tree_of(self, commit: str) -> str:
        """The id of its files."""
        return self._git("rev-parse", f"{commit}^{{tree}}")

    def tip(self, branch: str) -> Tip | None:
        """The branch as it is on the remote; None if it is not there."""
        if not self._git("ls-remote", self._remote, f"refs/heads/{branch}"):
            return None
        self._git("fetch", "--quiet", "--no-tags", self._remote, f"refs/heads/{branch}")
        commit = self._git("rev-parse", "FETCH_HEAD")
        message = self._git("log", "-1", "--format=%B", commit)
        return Tip(commit, self.tree_of(commit), f"\n{TRAILER}: " in message)

    def push(self, branch: str, over: Tip | None) -> None:
        """Make the branch what is committed here, if it is still at what it was."""
        lease = f"--force-with-lease=refs/heads/{branch}:{over.commit if over else ''}"
        self._git("push", "--quiet", lease, self._remote, f"HEAD:refs/heads/{branch}")

    def delete(self, branch: str) -> None:
        """Remove the branch from the remote, if it is there."""
        if self._git("ls-remote", self._remote, f"refs/heads/{branch}"):
            self._git("push", "--quiet", self._remote, f":refs/heads/{branch}")

    def _config(self, key: str) -> str:
        try:
            return self._git("config", "--get", key)
        except WorktreeError:
            return ""

    def _git(self, *arguments: str) -> str:
        return _git(self._top, self._environment, *arguments)


@contextmanager
def at_base(path: str, remote: str, base: str, environment: Mapping[str, str]) -> Iterator[Worktree]:
    """A working tree of the repository that the path is in, at the base branch of the remote; gone afterwards.

    Raises WorktreeError where git cannot make it.
    """
    calm = {**environment, "LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0"}
    start = path if Path(path).is_dir() else str(Path(path).parent)
    try:
        top = _git(start, calm, "rev-parse", "--show-toplevel")
    except WorktreeError as error:
        raise WorktreeError(error.message, f"the workspace must be in a clone of {remote}") from error
    inside = Path(path).resolve().relative_to(Path(top).resolve()).as_posix()
    _git(top, calm, "fetch", "--quiet", "--no-tags", remote, f"refs/heads/{base}")
    commit = _git(top, calm, "rev-parse", "FETCH_HEAD")
    with tempfile.TemporaryDirectory(prefix="reconciler-") as parent:
        folder = str(Path(parent, "tree"))
        _git(top, calm, "worktree", "add", "--quiet", "--detach", folder, commit)
        try:
            yield Worktree(str(Path(folder, inside)), inside, folder, remote, commit, calm)
        finally:
            _git(top, calm, "worktree", "remove", "--force", folder)


def _git(folder: str, environment: Mapping[str, str], *arguments: str) -> str:
    try:
        ran = subprocess.run(  # noqa: S603 - no shell; branches and paths are names of ours
            ["git", "-c", "core.hooksPath=/dev/null", *arguments],  # noqa: S607 - git is where the user's PATH has it
            cwd=folder,
            env=dict(environment),
            capture_output=True,
            text=True,
            timeout=_TIMEOUT,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise WorktreeError(f"git cannot be run: {error}", "is it installed?") from error
    if ran.returncode:
        said = _CREDENTIALS.sub("://", ran.stderr.strip()) or f"it exits with {ran.returncode}"
        raise WorktreeError(
            f"git {arguments[0]}: {visible(said)[:500]}", "try the same by hand; the remote needs the right to push"
        )
    return ran.stdout.strip()
