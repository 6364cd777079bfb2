"""GitHub's expressions, as far as our workflows use them: contexts, comparisons, && || !, always(), hashFiles()."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_WORDS = re.compile(r"'(?:[^']|'')*'|==|!=|&&|\|\||!|[(),]|[A-Za-z_][\w.-]*|\S")
_OPERATORS = {"&&": "and", "||": "or", "!": "not", "==": "==", "!=": "!=", "(": "(", ")": ")", ",": ","}
_FUNCTIONS = ("always", "hashFiles")


def value(expression: str, contexts: Mapping[str, Any], folder: Path | None = None) -> Any:
    """What an expression comes to; a name that no context has is ''."""

    def look(path: str) -> Any:
        found: Any = contexts
        for part in path.split("."):
            found = found.get(part, "") if isinstance(found, Mapping) else ""
        return found

    def hash_files(name: str) -> str:
        assert folder is not None
        return "hash" if any(folder.glob(name)) else ""

    words = [_python(word) for word in _WORDS.findall(expression)]
    names = {"look": look, "always": lambda: True, "hashFiles": hash_files, "true": True, "false": False}
    return eval(" ".join(words), {"__builtins__": {}}, names)


def filled(text: Any, contexts: Mapping[str, Any]) -> str:
    """A value of the YAML as text, with its ${{ }} filled in."""
    return re.sub(r"\$\{\{(.*?)\}\}", lambda found: _text(value(found[1], contexts)), _text(text))


def holds(condition: Any, contexts: Mapping[str, Any], folder: Path, *, failed: bool) -> bool:
    """Whether a step or job with that `if` runs; without always(), not after a failure."""
    text = str(condition)
    if failed and "always()" not in text:
        return False
    return bool(value(text.removeprefix("${{").removesuffix("}}"), contexts, folder))


def _python(word: str) -> str:
    if word in _OPERATORS:
        return _OPERATORS[word]
    if word.startswith("'"):
        return repr(word[1:-1].replace("''", "'"))
    if word in (*_FUNCTIONS, "true", "false"):
        return word
    assert re.fullmatch(r"[A-Za-z_][\w.-]*", word), f"not an expression that we use: {word}"
    return f"look({word!r})"


def _text(found: Any) -> str:
    return str(found).lower() if isinstance(found, bool) else str(found)
