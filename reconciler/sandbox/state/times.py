"""Timestamps as Konnect writes them: ISO-8601 in UTC with milliseconds and a Z (contract 1)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


def stamp(moment: datetime) -> str:
    """An aware datetime as `2026-01-05T10:00:00.000Z`; such stamps sort as text."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def later(moment: str, seconds: float) -> str:
    """A stamp so many seconds later."""
    return stamp(datetime.fromisoformat(moment) + timedelta(seconds=seconds))


def normal(text: str) -> str | None:
    """Any RFC 3339 time as a stamp; None when the text is none. A time without a zone is taken as UTC."""
    try:
        moment = datetime.fromisoformat(text)
        return stamp(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        return None
