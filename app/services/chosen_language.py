"""The one setting that is needed before all others: the language, read without the rest."""

from __future__ import annotations

import json
from pathlib import Path

SETTINGS_NAME = "settings.json"
SCHEMA = 1
LANGUAGES = ("", "zh", "en")


def chosen_language(data_dir: Path) -> str:
    """`zh` or `en` as `app.services.settings` keeps it in *data_dir*; "" for the operating system's, or where the file
    was written by a newer program or makes no sense: reading all settings says so."""
    try:
        raw = json.loads((data_dir / SETTINGS_NAME).read_text("utf-8"))
        is_ours = int(raw.get("schema", 0)) <= SCHEMA
    except (OSError, ValueError, TypeError, AttributeError):
        return ""
    chosen = raw.get("language", "") if is_ours else ""
    return chosen if chosen in LANGUAGES else ""
