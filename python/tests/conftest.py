"""What holds for all tests."""

import signal


def pytest_configure() -> None:
    """Hear Ctrl-C: programs that a script runs in the background are started deaf to it, and their children with them."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
