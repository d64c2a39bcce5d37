"""`python -m app`: a command of the command line, or the window. The only file that knows every layer."""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence

COLLECT_FROM = (20_000, 20, 20)
"""A command makes little rubbish that refers to itself; at Python's own thresholds a publish spends a tenth of its
processor time on looking for it."""


def main(arguments: Sequence[str]) -> int:
    """Do the command that *arguments* name, or open the window. Returns: the exit code, see `app.cli`."""
    from app.cli.asking import has_command, is_window_demo

    if has_command(arguments):
        from app.cli.main import run

        gc.set_threshold(*COLLECT_FROM)
        return run(arguments)
    gc.disable()  # imports make no rubbish; `open_window` says who collects from then on
    from app.views.start import open_window

    return int(open_window(arguments, is_demo=is_window_demo(arguments)))


if __name__ == "__main__":
    if hasattr(sys, "frozen"):
        import multiprocessing

        multiprocessing.freeze_support()
    sys.exit(main(sys.argv[1:]))
