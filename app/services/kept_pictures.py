"""Pictures of the data folder beside the copies of its database: unpacked from packages, repaired here.

A picture file is written once and never changed, so a copy is a second name of the same bytes where the disk allows
that, and costs nothing. What listings show from elsewhere stays where the user has it.
"""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path

from app.services.images.repair_plans import FOLDER as REPAIRED
from app.services.listings.importing.planning import IMAGES as UNPACKED

FOLDERS = (REPAIRED, UNPACKED)


def keep_pictures(data_dir: Path, backups: Path) -> int:
    """Add the pictures of *data_dir* to *backups*; what is there already is not written again. Returns: how many there
    are now."""
    return sum(_take_over(data_dir / name, backups / name) for name in FOLDERS)


def bring_pictures_back(backups: Path, data_dir: Path) -> int:
    """Put back pictures that *backups* has and *data_dir* lacks. Returns: how many pictures *backups* has."""
    return sum(_take_over(backups / name, data_dir / name) for name in FOLDERS)


def _take_over(source: Path, target: Path) -> int:
    count = 0
    for folder, _, names in os.walk(source):
        place = target / Path(folder).relative_to(source)
        for name in names:
            file = Path(folder) / name
            if file.is_symlink() or name.endswith(".part"):
                continue
            count += 1
            if not (place / name).exists():
                place.mkdir(parents=True, exist_ok=True)
                _copy(file, place / name)
    return count


def _copy(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except FileExistsError:
        return
    except OSError:  # another disk, or one that knows no second names
        part = target.with_name(f"{target.name}.part")
        with suppress(FileNotFoundError):  # somebody removed it just now
            shutil.copy2(source, part)
            part.replace(target)
