"""What git says about a workspace: its commit, who commits here, and what its files were at another commit.

Asks git and changes nothing; `worktree` is what pushes. No shell is involved, nothing that a user names is taken for
an option, and only plumbing is asked whose answers no user's configuration changes.
"""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from reconciler.errors import InputError
from reconciler.secret import visible

TIMEOUT = 60.0
"""Seconds after which git is given up: nothing that it is asked here takes long."""

_CALM = (
    "--no-pager",
    "--no-optional-locks",  # looking must write nothing
    "--no-replace-objects",  # a commit is what its id says
    "--literal-pathspecs",  # a folder's name is a name, not a pattern
    "-c",
    "core.fsmonitor=false",  # which may name a program to run
)


class GitError(InputError):
    """Git could not tell what was asked of it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A file or folder in a commit; `kind` as git names it: blob, tree, link or commit (a submodule)."""

    name: str
    kind: str
    oid: str
    size: int


@dataclass(frozen=True, slots=True)
class Tree:
    """What a path was at a commit: a file, or a folder with the entries directly in it."""

    commit: str
    path: str
    """From the top of the repository on."""
    is_folder: bool
    entries: tuple[Entry, ...]


class NothingThereError(GitError):
    """The commit is there, and the path was not in it."""

    def __init__(self, message: str, hint: str, commit: str) -> None:
        super().__init__(message, hint)
        self.commit = commit


class Git:
    """Git, with the environment that it is to have: that of this process holds secrets that are not git's."""

    def __init__(self, environment: Mapping[str, str], timeout: float = TIMEOUT) -> None:
        self._environment = {**environment, "LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0"}
        self._timeout = timeout

    def commit_of(self, path: str) -> str | None:
        """The commit whose files those at the path are; None outside of git, or where they differ from it."""
        try:
            commit = self._line(path, "rev-parse", "--verify", "--quiet", "HEAD^{commit}")
            changed = self._ask(path, "status", "--porcelain", "-z", "--", _below_folder(path))
        except GitError:
            return None
        return None if changed else commit

    def identity(self, path: str) -> str | None:
        """Who commits here, as configured: "Ada Lovelace <ada@acme.example>", or what there is of it."""
        try:
            found = self._ask(path, "config", "--null", "--get-regexp", r"^user\.(name|email)$")
        except GitError:
            return None
        said = dict(each.split("\n", 1) for each in _text(found).split("\0") if "\n" in each)
        name, email = said.get("user.name", ""), said.get("user.email", "")
        return " ".join(filter(None, (name, f"<{email}>" if email else ""))) or None

    def tree_at(self, ref: str, path: str) -> Tree:
        """What the path was at a commit. Raises GitError: no repository, no such commit; NothingThereError."""
        prefix = self._line(path, "rev-parse", "--show-prefix", hint="clone the repository that the workspace is in")
        commit = self._commit(ref, path)
        inside = prefix.rstrip("/") if Path(path).is_dir() else prefix + Path(path).name
        if not inside:
            return Tree(commit, "", True, self._entries(path, commit))
        found = self._entries(path, commit, "--", inside)
        if not found:
            raise NothingThereError(
                f"there is no {visible(inside)} at {visible(ref)} (commit {commit[:12]})",
                "name a commit that has the workspace; where it is new, leave --policy-from out this once",
                commit,
            )
        if found[0].kind == "tree":
            return Tree(commit, inside, True, self._entries(path, found[0].oid))
        return Tree(commit, inside, False, found)

    def content(self, path: str, entry: Entry) -> bytes:
        """What a file of a tree of the path's repository holds. Raises GitError."""
        return self._ask(path, "cat-file", "blob", entry.oid)

    def head(self, path: str) -> str | None:
        """The commit that is checked out; None where there is none yet. Raises GitError outside of a repository."""
        self._ask(path, "rev-parse", "--git-dir", hint="clone the repository that the workspace is in")
        try:
            return self._line(path, "rev-parse", "--verify", "--quiet", "HEAD^{commit}")
        except GitError:
            return None

    def is_shallow(self, path: str) -> bool:
        """Whether the clone's history was cut off somewhere."""
        return self._line(path, "rev-parse", "--is-shallow-repository") == "true"

    def blame(self, file: str, commit: str) -> bytes | None:
        """`git blame --porcelain` of a file at a commit, moved lines followed; None where the commit lacks the file.

        The file on the disk is not looked at, so that no filter of the repository runs, nor is a list of commits to
        ignore. Raises GitError.
        """
        plain = ("-c", "blame.markIgnoredLines=false", "-c", "diff.algorithm=myers")
        # NOTE: an empty name forgets the files that the configuration names; as configuration itself it does not
        how = ("blame", "--porcelain", "--root", "--no-textconv", "--ignore-revs-file=", "-w", "-M", "-C")
        try:
            return self._ask(file, *plain, *how, commit, "--", Path(file).name)
        except GitError as error:
            if "no such path" in error.message:
                return None
            raise

    def graph(self, path: str, commit: str) -> bytes:
        """A commit and all before it, one a line, each followed by its parents. Raises GitError."""
        return self._ask(path, "rev-list", "--parents", commit, "--")

    def objects(self, path: str, ids: Sequence[str]) -> bytes:
        """Objects by their ids, in the form of `git cat-file --batch`. Raises GitError."""
        return self._ask(path, "cat-file", "--batch", given="".join(f"{id_}\n" for id_ in ids).encode())

    def below(self, path: str, tree: Tree) -> Tree:
        """The tree with every file below its folder, at whatever depth, named from that folder on."""
        if not tree.is_folder:
            return tree
        within = f"{tree.path}/" if tree.path else ""
        found = self._entries(path, tree.commit, *(("--", within) if within else ()), deep=True)
        files = (Entry(each.name.removeprefix(within), each.kind, each.oid, each.size) for each in found)
        return Tree(tree.commit, tree.path, True, tuple(files))

    def contents(self, path: str, entries: Sequence[Entry]) -> list[bytes]:
        """What these files hold, asked for at once. Raises GitError."""
        told = self.objects(path, [one.oid for one in entries])
        found, at = [], 0
        for entry in entries:
            head = f"{entry.oid} blob {entry.size}\n".encode()
            if not told.startswith(head, at):
                raise GitError(f"git does not tell what {visible(entry.name)} held", "fetch the whole history")
            at += len(head)
            found.append(told[at : at + entry.size])
            at += entry.size + 1
        return found

    def _commit(self, ref: str, path: str) -> str:
        hint = "name a branch, tag or commit that this clone has; a shallow clone has few: fetch it first"
        if not ref or not ref.isprintable():
            raise GitError(f"{visible(repr(ref))} names no commit", hint)
        asked = ("--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
        try:
            return self._line(path, "rev-parse", *asked)
        except GitError as error:
            raise GitError(f"git knows no commit {visible(ref)} here", hint) from error

    def _entries(self, path: str, tree: str, *names: str, deep: bool = False) -> tuple[Entry, ...]:
        listed = self._ask(path, "ls-tree", "-z", "-l", "--full-tree", *(["-r"] if deep else []), tree, *names)
        return tuple(_entry(each) for each in listed.split(b"\0") if each)

    def _line(self, path: str, *arguments: str, hint: str = "") -> str:
        return _text(self._ask(path, *arguments, hint=hint)).removesuffix("\n")

    def _ask(self, path: str, *arguments: str, hint: str = "", given: bytes = b"") -> bytes:
        """What git answers in the path's folder; `given` is what it reads."""
        folder = path if Path(path).is_dir() else str(Path(path).parent)
        try:
            ran = subprocess.run(  # noqa: S603 - no shell; what users name stands behind --end-of-options or --
                ["git", *_CALM, *arguments],  # noqa: S607 - git is where the user's PATH has it
                cwd=folder,
                env=self._environment,
                input=given,
                capture_output=True,
                timeout=self._timeout,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise GitError(
                f"git gave no answer within {self._timeout:g} s", "see what keeps it, and try again"
            ) from error
        except (OSError, ValueError) as error:
            raise GitError(f"git cannot be run in {visible(folder)}: {error}", "is it installed?") from error
        if ran.returncode:
            said = visible(_text(ran.stderr).strip()) or f"git {arguments[0]} exits with {ran.returncode}"
            raise GitError(f"git does not tell about {visible(path)}: {said}", hint)
        return ran.stdout


def _below_folder(path: str) -> str:
    return "." if Path(path).is_dir() else Path(path).name


def _entry(listed: bytes) -> Entry:
    """One line of `ls-tree -l`: mode, type, id, size or -, a tab, the name."""
    about, _, name = listed.partition(b"\t")
    mode, kind, oid, size = about.decode("ascii").split()
    link = mode == "120000"
    return Entry(_text(name), "link" if link else kind, oid, int(size) if size.isdigit() else 0)


def _text(output: bytes) -> str:
    return output.decode("utf-8", "surrogateescape")
