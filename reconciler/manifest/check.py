"""Whether documents have the shape of a manifest. Pure: what they mean is for `resolve`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from reconciler.finding import Finding, in_file_order
from reconciler.manifest.schema import gate
from reconciler.manifest.tree import UNREAD, Document, Map, Place, Seq
from reconciler.manifest.words import found, nearest, quoted
from reconciler.model.origin import Origin

SECTIONS = {"portal": "portal", "policy": "policy", "defaults": "defaults"}
"""The keys of a file that hold one mapping, and the schema's definition of each."""

LISTS = {"developers": "developer", "teams": "team", "apis": "api", "rules": "rule"}
"""The keys of a file that hold a list, and the schema's definition of an item of each."""

TOP_ONLY = ("portal", "policy", "rules")
"""Keys that only files directly in the workspace's folder may have: other folders can have other code owners."""


def check(documents: Sequence[Document], *, complete: bool = True) -> list[Finding]:
    """Every error in the shape of the documents, in file order.

    `complete`: the documents are all there is. If not, since a file could not be read, nothing is called missing.
    """
    findings = [finding for document in documents for finding in _document(document)]
    findings += _at_most_once(documents, "portal", "one workspace describes one portal")
    findings += _at_most_once(documents, "policy", "one workspace has one policy")
    if complete and documents and not any("portal" in document.root for document in documents):
        message = "no file of the workspace has the key `portal`"
        hint = "add `portal: {name: …, region: …}` to one file directly in the workspace's folder"
        findings.append(Finding("portal-count", "error", message, hint, Origin(documents[0].file)))
    return in_file_order(findings)


def _document(document: Document) -> Iterator[Finding]:
    root = document.root
    for key, value in root.items():
        at = root.key_place(key)
        if key in TOP_ONLY and not document.top:
            message = f"`{key}` may stand only in files directly in the workspace's folder"
            yield _error("not-at-top", message, f"move `{key}` to a file there", document, at)
        if value is UNREAD:
            continue
        if key in LISTS:
            yield from _list(document, key, value)
        elif key in SECTIONS:
            yield from _value(document, SECTIONS[key], value, root.value_place(key), key)
        else:
            known = (*SECTIONS, *LISTS)
            message = f"unknown key {quoted(key)}{nearest(key, known)}"
            yield _error("unknown-key", message, f"known here: {', '.join(known)}", document, at)
    if isinstance(root.get("policy"), Map):
        yield from _unwritten_scope(document, root["policy"])


def _list(document: Document, key: str, value: Any) -> Iterator[Finding]:
    if not isinstance(value, Seq):
        rule = "null-value" if value is None else "wrong-type"
        hint = "write [] for an empty list: a file that was cut off must not read as nobody"
        message = f"`{key}` must be a list, found {found(value)}"
        yield _error(rule, message, hint, document, document.root.value_place(key))
        return
    if document.kept:
        return
    fits = gate(LISTS[key])
    for item, at in value.placed():
        if not fits(item):
            yield from _value(document, LISTS[key], item, at, key)


def _value(document: Document, definition: str, value: Any, at: Place, key: str) -> Iterator[Finding]:
    """What is wrong with one entry or section, if anything is."""
    if gate(definition)(value):
        return
    from reconciler.manifest.explain import explain  # it takes long to import, and mostly for nothing

    about = _name(value) if key in LISTS else ""
    whole = "this entry" if about else f"an entry of `{key}`" if key in LISTS else f"`{key}`"
    for problem in explain(definition, value, whole):
        place = _place(value, at, problem.path, at_key=problem.at_key)
        yield _error(problem.rule, about + problem.message, problem.hint, document, place)


def _name(value: Any) -> str:
    """Which entry it is, to begin a message with; nothing where it does not say."""
    names = [value[key] for key in ("email", "name", "package") if key in value] if isinstance(value, Map) else []
    return f"{quoted(names[0])[1:-1]}: " if names and isinstance(names[0], str) else ""


def _place(value: Any, at: Place, path: tuple[str | int, ...], *, at_key: bool) -> Place:
    """Where in the entry that path leads."""
    for index, step in enumerate(path):
        if isinstance(value, Map) and isinstance(step, str):
            last = index == len(path) - 1
            at = value.key_place(step) if at_key and last else value.value_place(step)
            value = value.get(step)
        elif isinstance(value, Seq) and isinstance(step, int):
            at, value = value.places[step], value[step]
    return at


def _at_most_once(documents: Sequence[Document], key: str, why: str) -> Iterator[Finding]:
    having = [document for document in documents if key in document.root]
    for document in having[1:]:
        first = having[0].origin(having[0].root.key_place(key))
        message = f"`{key}` stands in a second file, first at {first}: {why}"
        at = document.root.key_place(key)
        yield _error(f"{key}-count", message, "keep one of them, or make two workspaces", document, at)


_SCOPE_OF = {"developers": "developers", "memberships": "teams", "registrations": "apis", "roles": "teams"}


def _unwritten_scope(document: Document, policy: Map) -> Iterator[Finding]:
    """Taking away whatever git does not list needs the scope said: owning everything is not a default for that."""
    unlisted, scope = policy.get("unlisted"), policy.get("scope")
    if not isinstance(unlisted, Map):
        return
    for kind, value in unlisted.items():
        owned = _SCOPE_OF.get(kind, "")
        if value in ("revoke", "remove") and not (isinstance(scope, Map) and owned in scope):
            message = f"`unlisted.{kind}: {value}` needs `scope.{owned}` written out"
            hint = f'add `scope: {{{owned}: [...]}}` to the policy; ["*"] says that this repository owns everything'
            yield _error("scope-not-written", message, hint, document, unlisted.value_place(kind))


def _error(rule: str, message: str, hint: str, document: Document, at: Place) -> Finding:
    return Finding(rule, "error", message, hint, document.origin(at))
