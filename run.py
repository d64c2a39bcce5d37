#!/usr/bin/env python3
"""The one launcher: makes `.venv` from the locked versions, then starts what was asked for.

    python run.py [app [ARGUMENT …]]     the window with your own data, or a command of the program
    python run.py setup                  the environment only
    python run.py demo [--headless]      the practice market with the demo workbook
    python run.py test [ARGUMENT …]      ruff, mypy, pytest; arguments go to pytest
    python run.py bench                  measurements, one JSON object a line
    python run.py shots DIR              pictures of the window
    python run.py installer              the Windows installer

Standard library only. Works on a Debian 12 that has nothing but Python 3.11, on Windows and on macOS. As root on Debian
it installs the system packages that Qt, Chinese texts, `venv` and the tests need; anybody else is told the command.
Later starts compare one stamp and start: no network, no installing.

Exit codes are those of the program started; 2 where it could not be started; 130 after Ctrl+C.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
sys.path.insert(0, str(ROOT))

from launcher.speech import NotReady, say, tr  # noqa: E402 - PYTHONSAFEPATH keeps the script's own folder off the path

COMMANDS = {
    "app": ("-m", "app"),
    "demo": ("-m", "app", "demo"),
    "bench": ("-m", "tests.benchmarks"),
    "shots": ("-m", "app.views.shots"),
    "installer": ("-m", "installer.build"),
}
OFFSCREEN = ("test", "bench", "shots")
CHECKS = {
    "ruff check": ("-m", "ruff", "check", "."),
    "ruff format": ("-m", "ruff", "format", "--check", "."),
    "mypy": ("-m", "mypy"),
}


def main(arguments: list[str]) -> int:
    """Read the command line, make ready, start."""
    if sys.version_info < (3, 11):  # noqa: UP036 - the one sentence an older interpreter must still get to
        say(tr("launcher.old_python", version=sys.version.split()[0], path=sys.executable))
        return 2
    command, *rest = arguments or ["app"]
    if command in ("-h", "--help", "help"):
        print(__doc__)
        return 0
    if command not in (*COMMANDS, "setup", "test"):
        say(tr("launcher.unknown_command", command=command))
        return 2
    try:
        python = prepare(is_for_tests=command == "test")
        if loads_qt(command, rest):
            from launcher import system_packages

            system_packages.require_libraries(offscreen=command in OFFSCREEN)
    except NotReady:
        return 2
    return start(command, python, rest)


def prepare(*, is_for_tests: bool = False) -> str:
    """Make the environment, with what tests start beside it, or only compare its stamp. Returns its interpreter.
    Raises: NotReady."""
    from launcher.environment import Environment

    environment = Environment(ROOT)
    if not environment.is_current():
        from launcher import system_packages

        with environment.setup():
            if not environment.is_current():
                system_packages.provide()
                if is_for_tests:
                    system_packages.provide_test_programs()
                environment.make()
    return str(environment.python)


def loads_qt(command: str, arguments: list[str]) -> bool:
    """Whether Qt will be loaded: not by a demo without a window, nor by a command of the program."""
    return command in OFFSCREEN or (command in ("app", "demo") and not arguments)


def start(command: str, python: str, arguments: list[str]) -> int:
    """Start the program behind *command*; returns its exit code where it does not take our place."""
    from launcher.processes import hand_over, program_variables

    if command == "setup":
        say(tr("launcher.ready", python=python))
        return 0
    if command == "test":
        return test(python, arguments)
    # Windows has no fonts for Qt's offscreen platform (reference/packaging.md 4): pictures need the real one there.
    platform = {"QT_QPA_PLATFORM": "offscreen"} if command in OFFSCREEN and os.name == "posix" else {}
    variables = program_variables(ROOT, **platform)
    return hand_over([python, *COMMANDS[command], *arguments], variables)


def test(python: str, arguments: list[str]) -> int:
    """Run every check, the tests last, and say which failed. Returns 0 only if none did."""
    from launcher.processes import program_variables, run_in_front

    chosen = any(part.startswith(("-n", "--pdb")) for part in arguments)
    # Four for two cores: a third of the suite is waiting for programs and answers. Files in their own order, so that
    # the long ones of tests/e2e do not come last. Each of the four would rewrite every assertion, half a minute in
    # all; a failed test shows its variables, and run alone (-n 0) both sides. One that brings its process down ends
    # the run: pytest-xdist would wait for ever for the tests that went with it.
    how = ("--dist", "loadfile", "--no-loadscope-reorder", "--assert=plain", "--showlocals", "--max-worker-restart=0")
    parallel = () if chosen else ("-n", "4", *how)
    variables = program_variables(ROOT, QT_QPA_PLATFORM="offscreen")
    codes = {}
    for name, check in {**CHECKS, "pytest": ("-m", "pytest", *parallel, *arguments)}.items():
        print(f"── {name}", flush=True)
        codes[name] = run_in_front([python, *check], variables, ROOT)
    print(" · ".join(f"{name} {'failed' if code else 'ok'}" for name, code in codes.items()), flush=True)
    return int(any(codes.values()))


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
