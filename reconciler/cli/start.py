"""What `reconciler init` writes: shipped examples, with the user's names in place of the examples'."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from reconciler.errors import InputError
from reconciler.shipped import shipped_text

WORKSPACE = {
    "start/access/workspace.yaml": "access/workspace.yaml",
    "start/access/people.yaml": "access/people.yaml",
}


@dataclass(frozen=True, slots=True)
class Ci:
    """A CI: the example → the file that it becomes, and where the examples say that reconciler is taken from.

    `source` is what they say, `form` the pattern of what may stand there, `said` that form in words.
    """

    files: Mapping[str, str] = field(default_factory=lambda: WORKSPACE)
    source: str = ""
    form: str = ""
    said: str = ""


CIS = {
    "none": Ci(),
    "github": Ci(
        WORKSPACE
        | {
            f"github/{name}": f".github/workflows/{name}"
            for name in ("portal-plan.yml", "portal-apply.yml", "portal-drift.yml")
        },
        "acme/reconciler/.github/actions/reconcile@0000000000000000000000000000000000000000",
        r"([\w.-]+/[\w.-]+)@([0-9a-f]{40})",
        "OWNER/REPOSITORY@COMMIT, the commit's id in full",
    ),
    "gitlab": Ci(
        WORKSPACE | {"gitlab/.gitlab-ci.yml": ".gitlab-ci.yml", "gitlab/merge_request.py": "merge_request.py"},
        "registry.acme.example/platform/reconciler:0.1.0",
        r"[\w.-]+(:\d+)?(/[\w.-]+)+(:[\w.-]+)?(@sha256:[0-9a-f]{64})?",
        "an image, as REGISTRY/NAME:TAG",
    ),
}
"""Every CI that `init` knows, by its name."""


@dataclass(frozen=True, slots=True)
class Start:
    """What the user says of the portal; None stands for what the examples have."""

    ci: Ci
    portal: str | None = None
    region: str | None = None
    source: str | None = None

    def files(self) -> Iterator[tuple[str, str]]:
        """Each file that is to be there: its path, and its text. Raises InputError for a source of no known form."""
        changed = dict(self._changes())
        for example, path in self.ci.files.items():
            text = shipped_text(f"examples/{example}")
            for old, new in changed.items():
                text = text.replace(old, new)
            yield path, text

    def _changes(self) -> Iterator[tuple[str, str]]:
        if self.portal is not None:
            yield "\n  name: acme-partners\n", f"\n  name: {_scalar(self.portal)}\n"
        if self.region is not None:
            yield "\n  region: eu\n", f"\n  region: {self.region}\n"
        if self.source is not None:
            yield self.ci.source, self._source(self.source)

    def _source(self, source: str) -> str:
        found = re.fullmatch(self.ci.form, source) if self.ci.form else None
        if not found:
            hint = f"write {self.ci.said}" if self.ci.form else "choose a CI with --ci"
            raise InputError(f"reconciler cannot be taken from {source!r}", hint)
        owner, _, commit = source.partition("@")
        return f"{owner}/.github/actions/reconcile@{commit}" if self.ci is CIS["github"] else source


def _scalar(text: str) -> str:
    """A string in YAML: plain where nothing in it could mean anything else, quoted elsewhere."""
    plain = re.fullmatch(r"[a-z][a-z-]{3,}[a-z]", text) and text != "false"
    return text if plain else json.dumps(text, ensure_ascii=False)
