"""Bars of progress."""

import sys
import warnings
from typing import Any

with warnings.catch_warnings():
    # in notebooks without ipywidgets the bar is one of text: nothing to warn of
    warnings.filterwarnings("ignore", message="IProgress not found")
    from tqdm.auto import tqdm


def bar(progress: bool | None, **options: Any) -> Any:
    """Make a bar of samples; if not said whether, it shows on terminals and in notebooks."""
    shown = (sys.stderr.isatty() or "ipykernel" in sys.modules) if progress is None else progress
    return tqdm(unit="sample", disable=not shown, **options)
