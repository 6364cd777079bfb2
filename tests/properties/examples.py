"""Cases that every property is tried with, each for the reason that its name gives."""

from __future__ import annotations

from tests.properties.generate import Case

EXAMPLES: dict[str, Case] = {}
