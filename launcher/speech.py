"""The launcher's sentences, from the same translations as the program's, before its packages are there.

Runs on Python 3.7 and later, so that an old interpreter gets a sentence instead of a traceback.
"""

from __future__ import annotations

import json
import locale
import sys
from pathlib import Path

CATALOGUE = Path(__file__).resolve().parent.parent / "resources" / "translations" / "launcher.json"


class NotReady(Exception):
    """The program cannot be started; what to do was said already."""


def tr(key: str, **params: object) -> str:
    """The sentence *key* with *params* filled in, Chinese where the operating system is."""
    entry: dict[str, str] = json.loads(CATALOGUE.read_text("utf-8"))[key]
    name = (locale.getlocale()[0] or "").lower()
    return entry["zh" if name.startswith(("zh", "chinese")) else "en"].format(**params)


def say(text: str) -> None:
    """Print to standard error, since standard output belongs to the program started.

    What the console cannot show becomes a question mark: a sentence half read beats a UnicodeEncodeError.
    """
    encoding = sys.stderr.encoding or "ascii"
    sys.stderr.write(text.encode(encoding, "replace").decode(encoding) + "\n")
    sys.stderr.flush()
