from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.scenarios.story import Story, story_on

Start = Callable[[str | dict[str, Any]], Story]
"""What the fixture `portal` is: start a portal with a seed."""


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[Start]:
    """Start a portal with the people, teams and applications of a seed in YAML; git is still empty."""
    with ExitStack() as open_stories:

        def start(seed: str | dict[str, Any]) -> Story:
            folder = tmp_path / "access"
            folder.mkdir(exist_ok=True)
            return open_stories.enter_context(story_on(seed, folder))

        yield start
