"""The progress bar: only where a person watches, only when it takes long, and gone afterwards."""

from __future__ import annotations

import pytest

from reconciler.cli.progress import Bar


class Ticks:
    """A clock that stands still until it is told otherwise."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_what_takes_long_is_shown_on_one_line_that_is_wiped_at_the_end(capsys: pytest.CaptureFixture[str]) -> None:
    """Several kinds of work add up to one bar."""
    ticks = Ticks()
    with Bar("Reading", shown=True, clock=ticks) as bar:
        bar("developers", 1, 10)
        ticks.now = 1.0
        bar("teams", 1, 2)
    assert capsys.readouterr() == ("", "\r\x1b[KReading [####....................] 2/12 teams\r\x1b[K")


def test_what_is_quick_needs_no_bar(capsys: pytest.CaptureFixture[str]) -> None:
    ticks = Ticks()
    with Bar("Reading", shown=True, clock=ticks) as bar:
        ticks.now = 0.3
        bar("developers", 10, 10)
    assert capsys.readouterr() == ("", "")


def test_the_line_is_not_rewritten_more_often_than_an_eye_can_follow(capsys: pytest.CaptureFixture[str]) -> None:
    ticks = Ticks()
    with Bar("Applying", shown=True, clock=ticks) as bar:
        ticks.now = 1.0
        for done in range(100):
            bar("changes", done, 100)
    assert capsys.readouterr().err.count("Applying") == 1


def test_where_nobody_watches_nothing_is_written(capsys: pytest.CaptureFixture[str]) -> None:
    """In a pipeline's log a line that rewrites itself is a thousand lines."""
    ticks = Ticks()
    with Bar("Reading", shown=False, clock=ticks) as bar:
        ticks.now = 5.0
        bar("developers", 1, 10)
    assert capsys.readouterr() == ("", "")
