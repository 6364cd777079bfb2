"""What commits say of themselves, from their objects as `git cat-file --batch` gives them. Pure.

The objects are read as they are, so that no .mailmap of the change and no user's configuration has a say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from reconciler.model.provenance import Commit

_REQUESTS = (
    (re.compile(r"Merge pull request (#[0-9]+) from "), "{}"),  # GitHub, merge
    (re.compile(r".*\((#[0-9]+)\)"), "{}"),  # GitHub, squash
    (re.compile(r"Merged in .* \(pull request (#[0-9]+)\)"), "{}"),  # Bitbucket Cloud
    (re.compile(r"Pull request (#[0-9]+): "), "{}"),  # Bitbucket Data Center
    (re.compile(r"Merged PR ([0-9]+): "), "#{}"),  # Azure DevOps
)
"""How forges name the request in the first line of a message."""

_GITLAB = re.compile(r"^See merge request (?:\S*)(![0-9]+)$", re.MULTILINE)
_APPROVALS = re.compile(r"^(?:Approved|Reviewed)-by:[ \t]*(\S.*?)[ \t]*$", re.MULTILINE | re.IGNORECASE)


def parse_commits(told: bytes) -> Iterator[Commit]:
    """Every commit of a batch, each `ID commit SIZE`, a line break, the object, a line break."""
    at = 0
    while at < len(told):
        end = told.index(b"\n", at)
        id_, _, rest = told[at:end].decode("ascii").partition(" ")
        kind, _, size = rest.partition(" ")
        at = end + 1 + (int(size) + 1 if size else 0)
        if kind == "commit":
            yield _commit(id_, told[end + 1 : at - 1].decode("utf-8", "replace"))


def _commit(id_: str, text: str) -> Commit:
    head, _, message = text.partition("\n\n")
    fields = [line.partition(" ") for line in head.split("\n")]
    said = {name: value for name, _, value in reversed(fields)}
    author, authored = _signed(said.get("author", ""))
    committer, committed = _signed(said.get("committer", ""))
    subject = message.strip().partition("\n")[0].strip()
    return Commit(
        id_,
        author,
        committer,
        authored,
        committed,
        subject,
        tuple(value for name, _, value in fields if name == "parent"),
        _request(subject, message),
        tuple(dict.fromkeys(_APPROVALS.findall(message))),
    )


def _signed(text: str) -> tuple[str, str]:
    """Who, and when, of "Ada <ada@acme.example> 1764000000 +0100"."""
    who, bracket, when = text.rpartition("> ")
    seconds = when.partition(" ")[0]
    try:
        time = datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError, OSError):  # a commit may say anything
        time = ""
    return f"{who}>" if bracket else text, time


def _request(subject: str, message: str) -> str:
    for pattern, form in _REQUESTS:
        if found := pattern.match(subject):
            return form.format(found[1])
    gitlab = _GITLAB.search(message)
    return gitlab[1] if gitlab else ""
