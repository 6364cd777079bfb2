"""Why an entry is not what the schema says, in the words of someone who administers a portal.

Slow, and needed only where something is wrong: nothing imports this module before that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from jsonschema import Draft7Validator, FormatChecker, ValidationError
from jsonschema.validators import extend

from reconciler.manifest.keywords import problems
from reconciler.manifest.problem import Broken, Problem
from reconciler.manifest.schema import inlined
from reconciler.manifest.tree import UNREAD

Schema = Mapping[str, Any]


def explain(definition: str, value: Any, whole: str) -> Iterator[Problem]:
    """Everything that keeps `value`, called `whole`, from being what the definition says; each problem once."""
    errors = list(_leaves(_validator(definition).iter_errors(value)))
    read = [_broken(error, whole) for error in errors if error.instance is not UNREAD]
    # a wrong date breaks a pattern and a format, which is one problem
    yield from dict.fromkeys(problem for broken in read for problem in problems(broken))
    if not errors:  # the gate refused it all the same: never let it pass without a word
        yield Problem("invalid-value", (), f"{whole} is not what a manifest may say", "compare it with the README")


def _broken(error: ValidationError, whole: str) -> Broken:
    schema = error.schema if isinstance(error.schema, dict) else {}
    path = tuple(error.absolute_path)
    return Broken(str(error.validator), error.validator_value, error.instance, schema, path, whole)


def _pattern(_: Any, pattern: str, instance: Any, __: Schema) -> Iterator[ValidationError]:
    """As editors and the gate take it: $ is the very end, where Python's lets a line break follow."""
    if isinstance(instance, str) and not re.search(re.sub(r"\$$", r"\\Z", pattern), instance):
        yield ValidationError(f"{instance!r} does not match {pattern!r}")


@cache
def _validator(definition: str) -> Any:
    strict: Any = extend(Draft7Validator, {"pattern": _pattern})  # type: ignore[no-untyped-call]
    return strict(inlined(definition), format_checker=FormatChecker(["date"]))


def _leaves(errors: Any) -> Iterator[ValidationError]:
    """The errors themselves, with those of the one alternative that was meant in place of `anyOf`."""
    for error in errors:
        meant = _meant(error) if error.validator == "anyOf" else None
        if meant is None:
            yield error
        else:
            yield from _leaves(inner for inner in error.context if inner.schema_path[0] == meant)


def _meant(error: ValidationError) -> int | None:
    """Which alternative the author had in mind: one of the right type, with most of the keys that it requires."""
    value: Any = error.instance
    alternatives: Any = error.validator_value
    meant, best = None, -1
    for index, schema in enumerate(alternatives):
        if _is(value, schema["type"]):
            has = sum(key in value for key in schema.get("required", ()))
            if has > best:
                meant, best = index, has
    return meant


def _is(value: Any, type_name: str) -> bool:
    return isinstance(value, dict if type_name == "object" else str)
