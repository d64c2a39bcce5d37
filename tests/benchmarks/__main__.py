"""Measure: `python -m tests.benchmarks [--quick] [--folder DIR] [NAME …]`, all but storm without names.

    import   a sheet of 100 000 rows × 30 columns, new and again, against bare parse and store, and against pandas
    gaps     how long the window's event loop is held up while it imports, publishes and bulk edits
    publish  1 000 listings to the practice market, under its limit and without one
    sync     the first sync of 100 000 listings from the practice market: processor time a call, memory, going on
    edit     price × 1.1 on 500 000 variants of 1 000 000 listings, taking it back, a pattern over 100 000 titles
    export   100 000 rows × 30 columns to .xlsx against zlib and openpyxl; 2 000 listings to Excel and back
    filter   filters and searches over 1 000 000 listings and 5 000 000 variants: first page and count, p50 and p95
    codes    reading 1 000 000 SKU codes, keying all of a database, looking discontinued items up in it
    freight  freight of 500 000 SKUs to 20 countries, against bare NumPy
    tables   a company product table of 500 000 rows: new, tomorrow's, again, taken back; codes with as many items
    profit  profit, margin and worst case of 500 000 SKUs, against bare NumPy; 100 000 worst cases against Decimal
    packages data packages of 20 000 products: read, changed and saved, written from listings
    pictures pictures looked into, looked at again and repaired, a second, against bare Pillow
    overseas overseas variants for 20 000 products × 8 countries, against a bare reader and writer
    similar  similar listings among 100 000, against a bare read of what is compared and against all with all
    table    the Listings tab with 1 000 000 listings: opening, wheel, jumps, sorting, searching, counting, memory
    words    20 000 listed words over 100 000 listings, against the few hundred shipped
    start    the first paint, and the first rows of 1 000 000 listings
    storm    1 000 listings through every fault and 100 kills, judged by the market (minutes)

Prints one JSON object a line. Exit code: 0, or 1 where a budget was not kept.
"""

from __future__ import annotations

import argparse
import importlib
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks.ground import FULL, QUICK, Ground

NAMES = {
    "import": "imports",
    "gaps": "gaps",
    "publish": "publishing",
    "sync": "syncing",
    "edit": "editing",
    "export": "exporting",
    "filter": "filtering",
    "codes": "codes",
    "tables": "company_tables",
    "freight": "freight",
    "profit": "profits",
    "packages": "packages",
    "pictures": "pictures",
    "overseas": "overseas",
    "similar": "similar",
    "table": "table",
    "words": "word_lists",
    "start": "starting",
    "storm": "storm",
}
LONG = {"storm"}
"""Only when asked for by name: takes a quarter of an hour and measures nothing."""


def main(arguments: Sequence[str]) -> int:
    """Run what was asked for. Returns: the exit code."""
    parser = argparse.ArgumentParser(
        "python -m tests.benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help=" · ".join(NAMES))
    parser.add_argument("--quick", action="store_true", help="small sizes: shows that it works, not how fast it is")
    parser.add_argument("--folder", type=Path, help="keep what is generated in this folder")
    given = parser.parse_args(arguments)
    unknown = [name for name in given.names if name not in NAMES]
    if unknown:
        parser.error(f"{', '.join(unknown)}: {' · '.join(NAMES)}")
    with tempfile.TemporaryDirectory(prefix="shangjia-bench-", dir=given.folder) as folder:
        ground = Ground(Path(folder), QUICK if given.quick else FULL)
        kept = [_measure(name, ground) for name in given.names or [name for name in NAMES if name not in LONG]]
    return 0 if all(kept) else 1


def _measure(name: str, ground: Ground) -> bool:
    """Print the figures of one benchmark. Returns: whether it kept its budgets."""
    is_kept = True
    for measurement in importlib.import_module(f"tests.benchmarks.{NAMES[name]}").measure(ground):
        sys.stdout.write(measurement.line() + "\n")
        sys.stdout.flush()
        is_kept = is_kept and measurement.within is not False
    return is_kept


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
