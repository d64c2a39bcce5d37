"""`python -m app`: a command of the command line, or the window. The only file that knows every layer."""

from __future__ import annotations

import multiprocessing
import sys
from collections.abc import Sequence


def main(arguments: Sequence[str]) -> int:
    """Do the command that *arguments* name, or open the window. Returns: the exit code, see `app.cli`."""
    from app.cli.main import has_command, is_window_demo, run

    if has_command(arguments):
        return run(arguments)
    from app.views.start import open_window

    return int(open_window(arguments, is_demo=is_window_demo(arguments)))


if __name__ == "__main__":
    multiprocessing.freeze_support()
    sys.exit(main(sys.argv[1:]))
