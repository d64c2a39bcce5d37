"""Starting other programs: helpers to their end, and the program itself in our place."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path


def run_helper(*command: str | Path, **variables: str) -> int:
    """Run a helper such as pip to its end with *variables* added to the environment. It gets no input and its output
    goes to standard error. Returns its exit code.
    """
    sys.stderr.flush()
    return subprocess.run(
        [str(part) for part in command],
        env={**os.environ, **variables},
        stdin=subprocess.DEVNULL,
        stdout=sys.__stderr__,
        check=False,
    ).returncode


def program_variables(root: Path, **more: str) -> dict[str, str]:
    """Environment of a program of ours: packages come from *root*, never from the folder the user stands in, so that
    relative paths on the command line stay the user's.
    """
    path = os.pathsep.join(filter(None, (str(root), os.environ.get("PYTHONPATH"))))
    return {**os.environ, "PYTHONPATH": path, "PYTHONSAFEPATH": "1", **more}


def hand_over(command: Sequence[str], variables: Mapping[str, str]) -> int:
    """Become *command* where the system can; else run it and return its exit code."""
    if os.name == "posix":
        sys.stdout.flush()
        os.execve(command[0], list(command), variables)
    return run_in_front(command, variables)


def run_in_front(command: Sequence[str], variables: Mapping[str, str], folder: Path | None = None) -> int:
    """Run *command* with our own input and output; returns its exit code, 128 + number where a signal ended it.

    Ctrl+C reaches the program as well: it decides how to stop, we wait for that.

    Raises:
        KeyboardInterrupt: Ctrl+C was pressed, and the program has ended.
    """
    interrupt = None
    with subprocess.Popen(command, env=variables, cwd=folder) as program:
        while program.returncode is None:
            try:
                program.wait()
            except KeyboardInterrupt as pressed:
                interrupt = pressed
    if interrupt:
        raise interrupt
    return program.returncode if program.returncode >= 0 else 128 - program.returncode
