"""What holds for all tests."""

import signal


def pytest_configure() -> None:
    """Hear Ctrl-C: what a script runs in the background is started deaf to it, and its children too."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
