"""How long the properties look: as long as every run can afford; `--hypothesis-profile=deep`, much longer; and
`--hypothesis-profile=quick`, at the same few cases each time, which is what hundreds of mutants a minute need.
"""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, settings

# Not the shrinking phase: see `smaller`.
_COMMON = {
    "deadline": None,
    "database": None,
    "phases": (Phase.explicit, Phase.generate),
    "suppress_health_check": list(HealthCheck),
}
USUAL = settings(max_examples=300, derandomize=True, **_COMMON)
QUICK = settings(max_examples=25, derandomize=True, **_COMMON)
DEEP = settings(max_examples=10_000, derandomize=False, **_COMMON)


def chosen(usually: int | None = None) -> settings:
    """The profile that the command line names, if it is one of ours; else the usual, or so many examples."""
    named = next((profile for profile in (DEEP, QUICK) if settings.default is profile), None)
    return named or (settings(USUAL, max_examples=usually) if usually else USUAL)
