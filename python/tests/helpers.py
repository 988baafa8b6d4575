"""What several files of tests need."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


def files(folder: str | Path) -> dict[str, bytes]:
    """Return all files below a folder."""
    found = {str(f.relative_to(folder)): f.read_bytes() for f in sorted(Path(folder).rglob("*")) if f.is_file()}
    assert found, f"nothing in {folder}"
    return found


@contextmanager
def interrupted(after: float, within: float = 3.0) -> Iterator[None]:
    """Send Ctrl-C after some seconds to what is computed here; it must end by that, within some more.

    It ends within a second; the rest is what a machine that is busy elsewhere may take.
    """
    timer = threading.Timer(after, os.kill, [os.getpid(), signal.SIGINT])
    timer.start()
    begun = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        yield
    assert time.monotonic() - begun < after + within
