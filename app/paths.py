"""Where the program's own files and the user's data lie."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from platformdirs import user_data_path

APP_NAME = "Shangjia"


def resources() -> Path:
    """Folder with icons, translations, rule data and templates; also inside a frozen bundle."""
    bundle = getattr(sys, "_MEIPASS", None)
    return Path(bundle) / "resources" if bundle else Path(__file__).resolve().parent.parent / "resources"


def default_data_dir() -> Path:
    """The user's data folder: `SHANGJIA_DATA`, else the operating system's place for application data."""
    chosen = os.environ.get("SHANGJIA_DATA")
    return Path(chosen) if chosen else user_data_path(APP_NAME, appauthor=False)
