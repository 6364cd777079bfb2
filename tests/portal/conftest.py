from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.portal.stage import Clock, Stage


@pytest.fixture
def stage() -> Iterator[Stage]:
    one = Stage()
    yield one
    one.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()
