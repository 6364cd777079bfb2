from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.scenarios.server import Command
from tests.scenarios.story import Story, story_on

Start = Callable[[str | dict[str, Any]], Story]
"""What the fixture `portal` is: start a portal with a seed."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every story is told twice: its portal in this process, and as a command; once where it is `in_process`."""
    if "portal" in metafunc.fixturenames:
        only_here = metafunc.definition.get_closest_marker("in_process")
        served = pytest.param("command", marks=pytest.mark.as_a_command)
        metafunc.parametrize("portal", ["here"] if only_here else ["here", served], indirect=True)


@pytest.fixture(scope="session")
def served_as_a_command(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Command]:
    """One server for all stories of this process; each empties its state."""
    running = Command(tmp_path_factory.mktemp("command"))
    yield running
    running.stop()


@pytest.fixture
def portal(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Start]:
    """Start a portal with the people, teams and applications of a seed in YAML; git is still empty."""
    served_by = request.getfixturevalue("served_as_a_command") if request.param == "command" else None
    with ExitStack() as open_stories:

        def start(seed: str | dict[str, Any]) -> Story:
            folder = tmp_path / "access"
            folder.mkdir(exist_ok=True)
            return open_stories.enter_context(story_on(seed, folder, served_by))

        yield start
