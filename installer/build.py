"""`python run.py installer`: the folder, a try of it, and the setup program.

    python run.py installer             on Windows: dist/Shangjia-<version>-setup.exe
    python run.py installer --bundle    the folder dist/Shangjia only, on any system, for trying the description

Exit codes: 0 done · 1 a step failed · 2 a tool is missing (what and how to get it was said).
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from app import __version__
from app.messages import messages, system_language, tr
from installer.bundle import CONSOLE_NAME, NAME
from installer.icon import write_icon

ROOT = Path(__file__).resolve().parent.parent
DIST = ROOT / "dist"
WORK = ROOT / "build"
NSIS_FOLDERS = ("ProgramFiles(x86)", "ProgramFiles")


def main(arguments: Sequence[str]) -> int:
    """Build what *arguments* ask for; returns the exit code."""
    parser = argparse.ArgumentParser("python run.py installer", description=__doc__)
    parser.add_argument("--bundle", action="store_true")
    is_bundle_only = parser.parse_args(arguments).bundle
    messages.language = system_language()
    missing = missing_tools(is_bundle_only=is_bundle_only)
    for sentence in missing:
        say(sentence)
    if missing:
        return 2
    return 0 if bundle() and (is_bundle_only or setup_program()) else 1


def missing_tools(*, is_bundle_only: bool) -> list[str]:
    """A sentence for everything that must be installed first."""
    missing = []
    if not is_bundle_only and sys.platform != "win32":
        missing.append(tr("installer.need_windows"))
    if find_spec("PyInstaller") is None:
        lock = Path("installer", "requirements.lock")
        missing.append(tr("installer.need_pyinstaller", python=sys.executable, lock=lock))
    if not is_bundle_only and makensis() is None:
        missing.append(tr("installer.need_nsis"))
    return missing


def makensis() -> str | None:
    """The NSIS compiler, on the path or where its setup puts it."""
    places = (Path(os.environ[name], "NSIS", "makensis.exe") for name in NSIS_FOLDERS if name in os.environ)
    return shutil.which("makensis") or next((str(place) for place in places if place.exists()), None)


def bundle() -> bool:
    """Make the folder and let the program in it look at itself; whether both went well."""
    say(tr("installer.bundling", folder=DIST / NAME))
    WORK.mkdir(exist_ok=True)
    write_icon(ROOT / "resources" / "icons" / "app-mark.svg", WORK / "shangjia.ico")
    folders = ("--distpath", str(DIST), "--workpath", str(WORK / "pyinstaller"))
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", *folders, "--log-level", "WARN"]
    if not run([*command, str(ROOT / "installer" / "shangjia.spec")]):
        return False
    program = DIST / NAME / (f"{CONSOLE_NAME}.exe" if os.name == "nt" else CONSOLE_NAME)
    say(tr("installer.trying", program=program))
    return run([str(program), "--data", str(WORK / "try-data"), "doctor"])


def setup_program() -> bool:
    """Pack the folder; whether it went well."""
    target = DIST / f"{NAME}-{__version__}-setup.exe"
    say(tr("installer.packing", file=target))
    values = {"SRC": DIST / NAME, "VERSION": __version__, "ICON": WORK / "shangjia.ico", "OUT": target}
    defines = [f"-D{name}={value}" for name, value in values.items()]
    done = run([makensis() or "makensis", "-V2", *defines, str(ROOT / "installer" / "shangjia.nsi")])
    if done:
        say(tr("installer.done", file=target))
    return done


def run(command: Sequence[str]) -> bool:
    """Run a step; says which failed."""
    code = subprocess.run(command, cwd=ROOT, check=False).returncode
    if code:
        say(tr("installer.step_failed", program=Path(command[0]).name, exit_code=code))
    return code == 0


def say(sentence: str) -> None:
    """Print a sentence."""
    sys.stdout.write(f"{sentence}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
