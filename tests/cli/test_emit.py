"""Where documents go: stdout, and files that may be no files."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from reconciler.cli.emit import write

WORKSPACE = "portal: {name: acme-partners, region: eu}\ndevelopers: [ada@partner.example]\n"


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    """`/dev/stdout` is one: what it stands for is written, and not put in its place."""
    link = tmp_path / "latest.json"
    link.symlink_to(tmp_path / "report.json")
    for text in ("{}\n", "[]\n"):
        write(str(link), text)
        assert (link.is_symlink(), (tmp_path / "report.json").read_text(encoding="utf-8")) == (True, text)


def test_a_pipe_is_written_to(tmp_path: Path) -> None:
    """As a shell's `>(jq .)` is."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        write(str(pipe), "{}\n")
        assert os.read(reader, 100) == b"{}\n"
    finally:
        os.close(reader)
    assert pipe.is_fifo()


@pytest.mark.skipif(not Path("/dev/full").is_char_device(), reason="there is no device that is always full")
def test_stdout_that_takes_no_more_is_an_error_that_says_so_and_the_files_are_written(tmp_path: Path) -> None:
    """A full disk under stdout is nobody's bug, and the report beside it is there (3)."""
    (tmp_path / "access.yaml").write_text(WORKSPACE, encoding="utf-8")
    command = [sys.executable, "-m", "reconciler", "validate", "access.yaml", "--report", "json=report.json"]
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        ran = subprocess.run(command, cwd=tmp_path, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (
        3,
        "reconciler: stdout cannot be written: No space left on device\n  hint: look at what it is sent to\n",
    )
    assert json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))["command"] == "validate"
