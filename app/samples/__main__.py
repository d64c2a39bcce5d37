"""Write an invented supplier workbook.

    python -m app.samples --rows 200 --out listings.xlsx --images
    python -m app.samples --rows 1000000 --out big.csv --encoding gb18030

--out       ends in .xlsx, .csv or .zip (the sheet with its pictures)
--rows      variants, one a row, 1 to 1 000 000
--images    write the pictures beside the sheet, too
--seed      the same seed gives the same file
--broken    cells to break the way suppliers and spreadsheets do
--columns   28 to 35
--plain     only the table: no title row, no second sheet
--encoding  of a .csv
--shop      store of the practice market whose templates and groups the sheet names

Prints one JSON object: rows, products, images, header_row and the broken cells.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from app.samples.writing import SampleOptions, write_sample


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code: 0, or 2 where an argument cannot be used."""
    parser = argparse.ArgumentParser(
        "python -m app.samples", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--rows", type=int, required=True)
    parser.add_argument("--images", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--broken", type=int, default=0)
    parser.add_argument("--columns", type=int, default=30)
    parser.add_argument("--plain", action="store_true")
    parser.add_argument("--encoding", default="utf-8-sig")
    parser.add_argument("--shop", default="")
    given = parser.parse_args(arguments)
    options = SampleOptions(
        rows=given.rows,
        seed=given.seed,
        broken=given.broken,
        columns=given.columns,
        images=given.images,
        is_plain=given.plain,
        encoding=given.encoding,
        shop=given.shop,
    )
    try:
        report = write_sample(given.out, options)
    except (ValueError, OSError) as error:
        parser.error(str(error))
    sys.stdout.write(json.dumps(asdict(report), ensure_ascii=False) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
