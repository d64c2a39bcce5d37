"""Where the program's own files and the user's data lie."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

APP_NAME = "Shangjia"


def resources() -> Path:
    """Folder with icons, translations, rule data and templates; also inside a frozen bundle."""
    bundle = getattr(sys, "_MEIPASS", None)
    return Path(bundle) / "resources" if bundle else Path(__file__).resolve().parent.parent / "resources"


def default_data_dir() -> Path:
    """The user's data folder: `SHANGJIA_DATA`, else the operating system's place for application data."""
    chosen = os.environ.get("SHANGJIA_DATA")
    if chosen:
        return Path(chosen)
    from platformdirs import user_data_path  # here: a folder that was named is found without it

    return user_data_path(APP_NAME, appauthor=False)


def data_of(arguments: Sequence[str]) -> Path | None:
    """The last value of `--data`, found without the grammar of the commands, whose language
    depends on what lies in that folder."""
    found = None
    for number, part in enumerate(arguments):
        if part == "--data" and number + 1 < len(arguments):
            found = Path(arguments[number + 1])
        elif part.startswith("--data="):
            found = Path(part.partition("=")[2])
    return found


def data_dir_of(arguments: Sequence[str]) -> Path:
    """The data folder a command line means."""
    return data_of(arguments) or default_data_dir()
