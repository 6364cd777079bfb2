"""A plan out of its JSON document, field by field: what is not as it should be is named, never guessed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Literal, TypeVar, cast, get_args

from reconciler.errors import InputError
from reconciler.finding import Finding, Severity
from reconciler.model.change import (
    Action,
    ApiRef,
    Because,
    Cause,
    Change,
    Effect,
    Facts,
    Item,
    Kind,
    LeftOut,
    Lifted,
    Plan,
    Ref,
    Refusal,
    Since,
    Subject,
)
from reconciler.model.observed import EntityType, Portal
from reconciler.model.origin import Origin
from reconciler.plan.document_fields import ITEM_LISTS

T = TypeVar("T")
CauseKind = Literal["entry", "rule", "policy"]

_TYPES = {str: "a string", int: "a number", bool: "true or false", dict: "an object", list: "a list"}


class Node:
    """A JSON object and where it stands, so that whatever is wrong in it can be named."""

    def __init__(self, value: object, path: str = "") -> None:
        if type(value) is not dict:
            raise _unreadable(path, "an object is expected")
        self.fields = cast("dict[str, Any]", value)
        self.path = path

    def get(self, key: str, kind: type[T]) -> T:
        """The field of that name, which must be of that very type."""
        value = self.fields.get(key)
        if type(value) is not kind:
            raise self.wrong(key, f"{_TYPES[kind]} is expected")
        return value

    def maybe(self, key: str, kind: type[T]) -> T | None:
        """The same, or None where the field is null or absent."""
        return None if self.fields.get(key) is None else self.get(key, kind)

    def one_of(self, key: str, literal: object) -> Any:
        """The field of that name, which must be one of the literal's strings."""
        value = self.get(key, str)
        if value not in get_args(literal):
            raise self.wrong(key, f"one of {', '.join(get_args(literal))} is expected")
        return value

    def node(self, key: str) -> Node:
        """The object of that name."""
        return Node(self.fields.get(key), self._under(key))

    def maybe_node(self, key: str) -> Node | None:
        """The object of that name, or None where it is null or absent."""
        return None if self.fields.get(key) is None else self.node(key)

    def nodes(self, key: str) -> Iterator[Node]:
        """The objects of the list of that name."""
        for index, value in enumerate(self.get(key, list)):
            yield Node(value, f"{self._under(key)}[{index}]")

    def all(self, key: str, read: Callable[[Node], T]) -> tuple[T, ...]:
        """Each object of the list of that name, read."""
        return tuple(read(node) for node in self.nodes(key))

    def strings(self, key: str) -> tuple[str, ...]:
        """The list of that name, of strings alone."""
        found = self.get(key, list)
        if not all(type(each) is str for each in found):
            raise self.wrong(key, "strings are expected")
        return tuple(found)

    def wrong(self, key: str, what: str) -> InputError:
        """That field is not as it should be."""
        return _unreadable(self._under(key), what)

    def _under(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key


def _unreadable(path: str, what: str) -> InputError:
    return InputError(
        f"this saved plan cannot be read: {path or 'the document'}: {what}",
        "it was made by another tool or a newer reconciler; plan again",
    )


def read_plan(document: object) -> Plan:
    """The plan that the document tells of."""
    root = Node(document)
    lists: dict[str, Any] = {name: root.all(name, _item) for name in ITEM_LISTS}
    return Plan(
        portal=_portal(root.node("portal")),
        changes=root.all("changes", _change),
        after=_indices(root, "waits_for"),
        requires=_indices(root, "requires"),
        **lists,
        findings=root.all("findings", _finding),
        refusals=root.all("refusals", _refusal),
        lifted=root.all("lifted", _lifted),
        looked_at={kind: root.node("looked_at").get(kind, int) for kind in root.node("looked_at").fields},
        only=root.strings("only"),
        left_out=root.all("left_out", _left_out),
        not_needed=root.all("not_needed", _change),
        changed_since=_since(root.node("changed_since")) if "changed_since" in root.fields else None,
    )


def _since(node: Node) -> Since:
    return Since(node.get("ref", str), node.get("commit", str), node.get("people", int), node.get("teams", int))


def _indices(root: Node, key: str) -> tuple[tuple[int, ...], ...]:
    return tuple(_earlier(change, key, index) for index, change in enumerate(root.nodes("changes")))


def _earlier(change: Node, key: str, index: int) -> tuple[int, ...]:
    """Changes stand in the order of execution: one that waited for itself or a later one would wait for ever."""
    found = change.get(key, list)
    if not all(type(other) is int and 0 <= other < index for other in found):
        raise change.wrong(key, "positions of earlier changes are expected")
    return tuple(found)


def _portal(node: Node) -> Portal:
    return Portal(node.get("id", str), node.get("name", str), node.get("server", str), node.maybe("region", str))


def _change(node: Node) -> Change:
    action: Action = node.one_of("action", Action)
    effect: Effect = node.one_of("effect", Effect)
    cause = _cause(node.node("cause"))
    return Change(
        action, read_subject(node.node("subject")), _facts(node, "before"), _facts(node, "after"), effect, cause
    )


def _left_out(node: Node) -> LeftOut:
    because: Because = node.one_of("because", Because)
    return LeftOut(_change(node), because)


def _facts(node: Node, key: str) -> Facts | None:
    facts = node.maybe(key, dict)
    if facts is not None and not all(v is None or type(v) in (str, bool) for v in facts.values()):
        raise node.wrong(key, "strings, true, false and null are expected")
    return facts


def read_subject(node: Node) -> Subject:
    """What a change or item is about."""
    kind: Kind = node.one_of("kind", Kind)
    return Subject(
        kind,
        developer=_ref(node.maybe_node("developer")),
        team=_ref(node.maybe_node("team")),
        application=_ref(node.maybe_node("application")),
        api=_api(node.maybe_node("api")),
        registration_id=node.maybe("registration_id", str),
        role=_ref(node.maybe_node("role")),
        region=node.maybe("region", str),
    )


def _ref(node: Node | None) -> Ref | None:
    return Ref(node.get("name", str), node.maybe("id", str)) if node else None


def _api(node: Node | None) -> ApiRef | None:
    if node is None:
        return None
    entity_type: EntityType = node.one_of("entity_type", EntityType)
    return ApiRef(node.get("name", str), node.maybe("version", str), node.maybe("id", str), entity_type)


def _cause(node: Node) -> Cause:
    by: CauseKind = node.one_of("by", CauseKind)
    return Cause(by, node.get("text", str), _origin(node))


def _origin(node: Node) -> Origin | None:
    file = node.maybe("file", str)
    if file is None:
        return None
    return Origin(file, node.maybe("line", int) or 0, node.maybe("column", int) or 0)


def _item(node: Node) -> Item:
    cause = node.maybe_node("cause")
    said = _cause(cause) if cause else None
    return Item(read_subject(node.node("subject")), node.get("reason", str), said, node.maybe("since", str) or "")


def _finding(node: Node) -> Finding:
    severity: Severity = node.one_of("severity", Severity)
    return Finding(node.get("rule", str), severity, node.get("message", str), node.get("hint", str), _origin(node))


def _refusal(node: Node) -> Refusal:
    return Refusal(
        rule=node.get("rule", str),
        message=node.get("message", str),
        number=node.get("number", int),
        limit=node.get("limit", str),
        hint=node.get("hint", str),
    )


def _lifted(node: Node) -> Lifted:
    return Lifted(_refusal(node.node("refusal")), node.get("reason", str), _origin(node))
