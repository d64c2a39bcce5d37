"""Pictures a second: looked into and checked, looked at again, repaired.

The pictures are those of the sample products with the noise a camera leaves, half of them too long, so that a repair
has to pad them. The floor is bare Pillow, which unpacks the same files whole: in pictures a second, by processor time.
A check unpacks them only as far as a look at them needs, so it has to be quicker than that; a repair unpacks, pads,
packs and reads what it wrote, which for one picture costs Pillow alone several times the unpacking.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from statistics import median

from PIL import Image

from app.models import Store
from app.samples.pictures import picture
from app.samples.products import Products
from app.services.clock import now_ms
from app.services.compliance.rule_data import rule_data
from app.services.db import Database
from app.services.images.checking import check_images
from app.services.images.looks import look_at
from app.services.images.repair_plans import discard, plan_repair
from app.services.images.repairing import QUALITIES, RepairOptions
from app.services.listings.writing import replace_images
from app.services.tasks import TaskContext
from app.services.upgrade import open_database
from tests.benchmarks.ground import NAME, Ground
from tests.benchmarks.measuring import Measurement, cpu_s, quiet
from tests.listing_rows import add_listing

EACH = 5
"""Pictures of a listing."""
NOISE = 12
"""Grey levels of deviation."""
LEAST_CHECK, LEAST_AGAIN, LEAST_REPAIR, LEAST_OF_BARE = 1.0, 5.0, 0.2, 0.8
"""Pictures a second by those of the floor: of a check, of the same again, of a repair; and of that by a bare one."""


def measure(ground: Ground) -> Iterator[Measurement]:
    """Pictures a second of processor time."""
    folder = ground.new_folder("pictures")
    count = max(EACH * 2, ground.sizes.sent // 4)
    paths = _pictures(folder, count)
    look_at(paths[0].read_bytes(), rule_data().limits.image_pixels_max)  # what is imported for it is no picture's time
    rounds = [_round(ground, paths) for _ in range(ground.sizes.repeats)]
    bare, check, again, repair, pack = (median(one[at] for one in rounds) for at in range(5))
    how = f"{count} JPEG files, listings of {EACH}: read, hashed, looked into, checked; floor: bare Pillow unpacks them"
    yield Measurement("pictures.check", check, "1/s", how, bare, budget=LEAST_CHECK, at_least=True)
    how = "the same again, unchanged: sizes and times of files, and the rules; floor as before"
    yield Measurement("pictures.again", again, "1/s", how, bare, budget=LEAST_AGAIN, at_least=True)
    how = f"{count // 2} of them padded to squares, packed, written and read; floor: bare Pillow unpacks them"
    yield Measurement("pictures.repair", repair, "1/s", how, bare, budget=LEAST_REPAIR, at_least=True)
    how = "the same repair; floor: bare Pillow unpacks, pads and packs them at the same quality"
    yield Measurement("pictures.repair_bare", repair, "1/s", how, pack, budget=LEAST_OF_BARE, at_least=True)


def _round(ground: Ground, paths: list[Path]) -> tuple[float, float, float, float, float]:
    """Bare unpacking, check, check again, repair, bare repair: all on files the system has read before."""
    path = ground.new_folder("pictures-db") / NAME
    db = open_database(path)
    try:
        ids = _listings(db, paths)
        long = paths[1::2]
        bare = _rate(len(paths), lambda: [_unpacked(one) for one in paths])
        check = _rate(len(paths), lambda: check_images(db, ids))
        again = _rate(len(paths), lambda: check_images(db, ids))
        made: list[str] = []
        repair = _rate(
            len(long),
            lambda: made.extend(plan_repair(db, path.parent, ids, RepairOptions(), TaskContext()).new_files),
        )
        if len(made) != len(long):
            raise RuntimeError(f"{len(made)} of {len(long)} pictures were repaired")
        pack = _rate(len(long), lambda: [_packed(one) for one in long])
        discard(db, made)
    finally:
        db.dispose()
    return bare, check, again, repair, pack


def _rate(count: int, act: Callable[[], object]) -> float:
    """How many of *count* a second of processor time."""
    with quiet():
        before = cpu_s()
        act()
        return count / max(cpu_s() - before, 1e-3)


def _unpacked(path: Path) -> Image.Image:
    with Image.open(path) as opened:
        return opened.convert("RGB")


def _packed(path: Path) -> int:
    """What a repair cannot do without: unpack, pad, pack."""
    shown = _unpacked(path)
    side = max(shown.size)
    square = Image.new("RGB", (side, side), "white")
    square.paste(shown, ((side - shown.width) // 2, (side - shown.height) // 2))
    out = BytesIO()
    square.save(out, "JPEG", quality=QUALITIES[0], optimize=True)
    return out.tell()


def _pictures(folder: Path, count: int) -> list[Path]:
    """Files of different content; every other one is longer than the platform takes."""
    products, paths = Products(9), []
    for number in range(count):
        with Image.open(BytesIO(picture(products[number // 2], number % 2))) as drawn:
            noise = Image.effect_noise(drawn.size, NOISE).convert("RGB")
            shown = Image.blend(drawn.convert("RGB"), noise, 0.15)
        if number % 2:
            shown = shown.resize((shown.width * 3 // 2, shown.height))
        paths.append(folder / f"{number}.jpg")
        shown.save(paths[-1], quality=88)
    return paths


def _listings(db: Database, paths: list[Path]) -> list[int]:
    """Listings that show these pictures."""
    moment, ids = now_ms(), []
    with db.write() as session:
        session.add(Store(name="bench", gateway="http://127.0.0.1:1", credential_ref="", created_ms=moment))
        session.flush()
        for at in range(0, len(paths), EACH):
            listing = add_listing(session, store_id=1, title=f"Listing {at}", created_ms=moment, updated_ms=moment)
            replace_images(session.connection(), listing.id, [str(path) for path in paths[at : at + EACH]])
            ids.append(listing.id)
    return ids
