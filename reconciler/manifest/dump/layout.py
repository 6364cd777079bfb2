"""The entries in files: one, one a domain, or one a team."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any

from reconciler.finding import Finding
from reconciler.manifest.dump.transcript import Entry, Transcript
from reconciler.manifest.edit.emit import Foreign, Indents, mapping_lines
from reconciler.model.names import domain_of

Files = dict[str, dict[str, Any]]
"""What each file says, by its path inside the workspace."""

_LONGEST = 80
_FIRST = "portal.yaml"


def one_file(portal: Entry, said: Transcript) -> Files:
    """Everything in one file."""
    return {_FIRST: {"portal": portal, "teams": list(said.teams), "developers": list(said.people)}}


def by_domain(portal: Entry, said: Transcript) -> Files:
    """The teams in a file, and the people of each domain in one of their own."""
    names = _Names("developers")
    files: Files = {_FIRST: {"portal": portal}, "teams.yaml": {"teams": list(said.teams)}}
    for entry in said.people:
        files.setdefault(names.of(domain_of(entry["email"])), {"developers": []})["developers"].append(entry)
    return files


def by_team(portal: Entry, said: Transcript) -> Files:
    """Each team with its members in a file of its own, and all people in one."""
    members: dict[str, list[Foreign]] = defaultdict(list)
    for entry in said.people:
        for team in entry.get("teams", ()):
            members[team].append(entry["email"])
    people = [{key: value for key, value in entry.items() if key != "teams"} for entry in said.people]
    files: Files = {_FIRST: {"portal": portal}, "developers.yaml": {"developers": people}}
    names = _Names("teams")
    for team in said.teams:
        listed = {"members": members[team["name"]]} if members[team["name"]] else {}
        applications = {"applications": team["applications"]} if "applications" in team else {}
        first = {key: value for key, value in team.items() if key != "applications"}
        files[names.of(team["name"])] = {"teams": [first | listed | applications]}
    return files


SPLITS: Mapping[str, Callable[[Entry, Transcript], Files]] = {"domain": by_domain, "team": by_team, "one": one_file}


def slug(name: str) -> str:
    """A file's name for any name, without an ending: plain letters, digits, dots and dashes."""
    return re.sub("[^a-z0-9.-]+", "-", name.lower())[:_LONGEST].strip("-.") or "other"


class _Names:
    """A file for each name, whatever characters it has; two names never share one."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self._by_name: dict[str, str] = {}

    def of(self, name: str) -> str:
        if name not in self._by_name:
            taken, number = set(self._by_name.values()), 1
            path = f"{self.folder}/{slug(name)}.yaml"
            while path in taken:
                number += 1
                path = f"{self.folder}/{slug(name)}-{number}.yaml"
            self._by_name[name] = path
        return self._by_name[name]


def written(files: Files, findings: tuple[Finding, ...]) -> dict[str, str]:
    """The files' texts; what is left out stands as comments in the first. No file is made that would say nothing."""
    texts = {}
    for path, data in sorted(files.items()):
        data = {key: value for key, value in data.items() if value}
        if data:
            texts[path] = "\n".join(_lines(data))
    left = [f"#   - {finding.message}" for finding in findings]
    head = ["# Written by `reconciler dump`. From here on git says who has access."]
    texts[_FIRST] = "\n".join(
        [*head, texts[_FIRST], *(["", "# Left out, since no manifest can say it:", *left] if left else [])]
    )
    return {path: text + "\n" for path, text in texts.items()}


def _lines(data: dict[str, Any]) -> list[str]:
    """Each key after an empty line, but the first."""
    lines: list[str] = []
    for key, value in data.items():
        value = [_shortest(item) for item in value] if key == "developers" else value
        lines += ["", *mapping_lines({key: value}, 0, Indents(), top=True)]
    return lines[1:]


def _shortest(entry: Entry) -> Entry | Foreign:
    return entry["email"] if set(entry) == {"email"} else entry
