"""Pull requests, by GitHub's `gh` or GitLab's `glab` on the PATH: one row a forge says how each is asked."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from reconciler.errors import InputError
from reconciler.secret import visible

State = Literal["open", "closed", "merged"]

_TIMEOUT = 120.0
_PAGE = 100
_MOST_PAGES = 50


class ForgeError(InputError):
    """`gh` or `glab` is missing, or did not do what was asked."""


@dataclass(frozen=True, slots=True)
class PullRequest:
    """One pull or merge request. `foreign`: from another repository, whose branch only has that name."""

    number: int
    branch: str
    state: State
    body: str
    foreign: bool = False


@dataclass(frozen=True, slots=True)
class _Kind:
    """How a program is asked. A text is read by it from its input where `body_by_input`, else it is an argument."""

    program: str
    listed: Callable[[int], list[str]]
    read: Callable[[dict[str, Any]], PullRequest]
    paged: bool
    create: Callable[[str, str, str, str], list[str]]
    edit: Callable[[int, str, str], list[str]]
    close: Callable[[int], list[str]]
    body_by_input: bool


def _of_github(found: dict[str, Any]) -> PullRequest:
    state: State = {"OPEN": "open", "MERGED": "merged"}.get(found["state"], "closed")  # type: ignore[assignment]  # mypy
    return PullRequest(
        found["number"], found["headRefName"], state, found["body"] or "", bool(found["isCrossRepository"])
    )


def _of_gitlab(found: dict[str, Any]) -> PullRequest:
    state: State = {"opened": "open", "merged": "merged"}.get(found["state"], "closed")  # type: ignore[assignment]  # mypy
    foreign = found["source_project_id"] != found["target_project_id"]
    return PullRequest(found["iid"], found["source_branch"], state, found["description"] or "", foreign)


KINDS: Mapping[str, _Kind] = {
    "github": _Kind(
        program="gh",
        listed=lambda _: [
            "pr",
            "list",
            "--state=all",
            "--limit=5000",
            "--json=number,state,headRefName,body,isCrossRepository",
        ],
        read=_of_github,
        paged=False,
        create=lambda branch, base, title, _: [
            "pr",
            "create",
            f"--head={branch}",
            f"--base={base}",
            f"--title={title}",
            "--body-file=-",
        ],
        edit=lambda number, title, _: ["pr", "edit", str(number), f"--title={title}", "--body-file=-"],
        close=lambda number: ["pr", "close", str(number)],
        body_by_input=True,
    ),
    "gitlab": _Kind(
        program="glab",
        listed=lambda page: ["mr", "list", "--all", "--output=json", f"--per-page={_PAGE}", f"--page={page}"],
        read=_of_gitlab,
        paged=True,
        create=lambda branch, base, title, body: [
            "mr",
            "create",
            f"--source-branch={branch}",
            f"--target-branch={base}",
            f"--title={title}",
            f"--description={body}",
            "--yes",
        ],
        edit=lambda number, title, body: ["mr", "update", str(number), f"--title={title}", f"--description={body}"],
        close=lambda number: ["mr", "close", str(number)],
        body_by_input=False,
    ),
}


class Forge:
    """The forge of the repository in a folder. `environment` is what the program gets: its own token, not ours."""

    def __init__(self, kind: str, folder: str, environment: Mapping[str, str]) -> None:
        self._kind = KINDS[kind]
        self._folder = folder
        self._environment = environment

    def requests(self, prefix: str) -> list[PullRequest]:
        """Every pull request, in whatever state, from a branch of this repository that begins so; the newest first.

        What a fork sends from a branch of that name is somebody else's: neither its text nor its changes are ours.
        """
        found: list[PullRequest] = []
        for page in range(1, _MOST_PAGES + 1):
            answer = self._run(self._kind.listed(page))
            try:
                listed = [self._kind.read(each) for each in json.loads(answer or "[]")]
            except (ValueError, KeyError, TypeError) as error:
                raise ForgeError(f"`{self._kind.program}` answers what cannot be read: {error}", _HINT) from error
            found += [each for each in listed if each.branch.startswith(prefix) and not each.foreign]
            if not self._kind.paged or len(listed) < _PAGE:
                break
        return sorted(found, key=lambda each: -each.number)

    def create(self, branch: str, base: str, title: str, body: str) -> None:
        """Open a pull request."""
        self._run(self._kind.create(branch, base, title, body), body)

    def edit(self, number: int, title: str, body: str) -> None:
        """Give it another title and text."""
        self._run(self._kind.edit(number, title, body), body)

    def close(self, number: int) -> None:
        """Close it without merging."""
        self._run(self._kind.close(number))

    def _run(self, arguments: Sequence[str], body: str = "") -> str:
        program = self._kind.program
        try:
            ran = subprocess.run(  # noqa: S603 - no shell, and every text stands behind an option's =
                [program, *arguments],
                cwd=self._folder,
                env=dict(self._environment),
                input=body if self._kind.body_by_input else "",
                capture_output=True,
                text=True,
                timeout=_TIMEOUT,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise ForgeError(f"`{program}` cannot be run: {error}", _HINT) from error
        if ran.returncode:
            raise ForgeError(
                f"`{program} {' '.join(arguments[:2])}` failed: {visible(ran.stderr.strip())[:500]}", _HINT
            )
        return ran.stdout


_HINT = "is it installed, and has it a token for this repository (GH_TOKEN, GITLAB_TOKEN)?"
