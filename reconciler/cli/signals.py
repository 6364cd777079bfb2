"""SIGINT and SIGTERM while changes are being made: the first asks to stop, the second ends at once."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

from reconciler.apply.stop import Stop

SIGNALS = (signal.SIGINT, signal.SIGTERM)
_SAID = "\nstopping: what is under way is waited for; the same once more ends at once\n"


@contextmanager
def obeyed(stop: Stop) -> Iterator[None]:
    """Turn the signals into a wish to stop as long as this lasts; before and after they end the program.

    Whoever started it with a signal ignored, as `nohup` and a shell's background jobs do, meant it: it stays ignored.
    """
    if threading.current_thread() is not threading.main_thread():  # only there signals can be handled
        yield
        return

    def ask(number: int, _: FrameType | None) -> None:
        if stop.by:
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)
        stop.ask(signal.Signals(number).name)
        with suppress(OSError, ValueError):  # written past the buffers, which this signal may have interrupted
            os.write(sys.stderr.fileno(), _SAID.encode())

    heard = [each for each in SIGNALS if signal.getsignal(each) != signal.SIG_IGN]
    before = {each: signal.signal(each, ask) for each in heard}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
