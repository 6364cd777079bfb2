"""Golden files: whole outputs, compared to the byte.

After a change that is meant: `pytest tests/report --update-goldens`, then read the diff as a reviewer would.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

GOLDEN = Path(__file__).parent / "golden"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-goldens", action="store_true", help="write the golden files of tests/report anew")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compare an output with the golden file of that name, or write it."""
    update = request.config.getoption("--update-goldens", default=False)

    def compare(name: str, output: str) -> None:
        file = GOLDEN / name
        if update:
            file.write_bytes(output.encode())
        assert file.exists(), f"no golden file {name}: run pytest tests/report --update-goldens"
        assert output == file.read_bytes().decode()

    return compare
