"""How long the properties look: as long as every run can afford, or (`--hypothesis-profile=deep`) much longer."""

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
DEEP = settings(max_examples=10_000, derandomize=False, **_COMMON)


def chosen(usually: int | None = None) -> settings:
    """The profile that the command line names, if it is the deep one; else the usual, or so many examples."""
    if settings.default is DEEP:
        return DEEP
    return settings(USUAL, max_examples=usually) if usually else USUAL
