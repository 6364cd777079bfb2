"""What holds for every test: how long an example takes depends on the machine, and is no failure.

And golden files: whole outputs, compared to the byte. After a change that is meant: `pytest tests/plan tests/report
tests/manifest --update-goldens`, then read the diff as a reviewer would.
"""

from __future__ import annotations

import signal
from collections.abc import Callable

import pytest
from hypothesis import settings

settings.register_profile("calm", deadline=None)
if settings.get_current_profile_name() == "default":
    settings.load_profile("calm")

if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:  # as in a shell's background job; commands would inherit that
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-goldens", action="store_true", help="write the golden files anew")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compare an output with the golden file of that name beside the test, or write it."""
    update = request.config.getoption("--update-goldens", default=False)
    folder = request.path.parent / "golden"

    def compare(name: str, output: str) -> None:
        file = folder / name
        if update:
            file.write_bytes(output.encode())
        assert file.exists(), f"no golden file {name}: run pytest {request.path.parent} --update-goldens"
        assert output == file.read_bytes().decode()

    return compare
