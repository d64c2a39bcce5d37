"""The demo workbook that ships with the program: 200 rows that the practice market takes as they are.

`python -m app.samples.demo` writes it anew into `resources/samples`; a test compares the two.
"""

from __future__ import annotations

from pathlib import Path

from app.samples.writing import SampleOptions, SampleReport, write_sample

FOLDER = Path(__file__).resolve().parents[2] / "resources" / "samples"
NAME = "demo-listings.xlsx"
OPTIONS = SampleOptions(rows=200, seed=204, columns=35, images=True)
"""A seed whose 200th row ends a product, with bundles and overseas variants among the products."""


def write_demo(folder: Path = FOLDER) -> SampleReport:
    """Write the demo workbook and its pictures into *folder*."""
    folder.mkdir(parents=True, exist_ok=True)
    return write_sample(folder / NAME, OPTIONS)


if __name__ == "__main__":
    write_demo()
