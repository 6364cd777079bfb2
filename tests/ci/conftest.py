from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ci.github.repository import SEED, Repository
from tests.scenarios.story import story_on


@pytest.fixture
def acme(tmp_path: Path) -> Iterator[Repository]:
    """Bob is in; Ada waits."""
    with story_on(SEED, tmp_path) as story:
        yield Repository(story, tmp_path / "acme")
