"""A data package as it was read: sheets with every cell, rows with their variants. Meant to be changed and saved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from app.services.packages.lenient import proposal
from app.services.packages.price_info import PriceInfo, PriceInfoError, Variant, read_price_info
from app.services.packages.rules import package_rules
from app.services.workbooks import PackageMember, RecognisedColumn, Recognition
from app.services.workbooks.grid import Cell


@dataclass(frozen=True, slots=True)
class Problem:
    """A 价格信息 cell that cannot be read.

    Attributes:
        row, column: Excel's number and letter.
        code: see `PriceInfoError`; its sentence is `cell.<code>`.
        position, found: where in the text it shows, counted from 1 (0: nowhere in particular), and what stands there.
        text: the cell.
        fix: the text it was probably meant to be, None where nothing can be proposed. Used only with consent.
    """

    row: int
    column: str
    code: str
    position: int
    found: str
    text: str
    fix: str | None


@dataclass(slots=True)
class PackageRow:
    """One product.

    Attributes:
        number: Excel's number of the row.
        cells: every cell as read, changed ones as they will be written.
        is_changed: whether anything of it was changed or repaired.
    """

    number: int
    cells: list[Cell]
    columns: PackageColumns
    is_changed: bool = False
    _info: PriceInfo | PriceInfoError | None = field(default=None, repr=False)

    def cell(self, column: RecognisedColumn | None) -> Cell:
        """The cell in *column*, "" where there is none."""
        return self.cells[column.index] if column is not None and column.index < len(self.cells) else ""

    def text(self, column: RecognisedColumn | None) -> str:
        """`cell` as text; a whole number without a decimal point."""
        cell = self.cell(column)
        return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)

    def put(self, column: RecognisedColumn, cell: Cell) -> None:
        """Change one cell."""
        self.cells.extend([""] * (column.index + 1 - len(self.cells)))
        if self.cells[column.index] != cell or type(self.cells[column.index]) is not type(cell):
            self.cells[column.index] = cell
            self.is_changed = True

    @property
    def problem(self) -> Problem | None:
        """What is wrong with the row's 价格信息; None where it can be read."""
        info = self._read()
        if not isinstance(info, PriceInfoError):
            return None
        column, text = self.columns.price_info, self.text(self.columns.price_info)
        return Problem(self.number, column.letter, info.code, info.position, info.found, text, proposal(text))

    def repair(self) -> bool:
        """Take the proposal for a damaged 价格信息: only when a person has agreed. Whether there was one."""
        problem = self.problem
        if problem is None or problem.fix is None:
            return False
        self.put(self.columns.price_info, problem.fix)
        self._info = None
        return True

    @property
    def variants(self) -> list[Variant]:
        """The variants; copies, so that nothing changes before `replace_variants`. None of a damaged cell."""
        info = self._read()
        return [] if isinstance(info, PriceInfoError) else [variant.copy() for variant in info.variants]

    @property
    def variant_count(self) -> int:
        """How many variants there are; none of a damaged cell."""
        info = self._read()
        return 0 if isinstance(info, PriceInfoError) else len(info.variants)

    def replace_variants(self, variants: Sequence[Variant], *, is_own: bool = False) -> None:
        """Give the product these variants, in this order: 价格信息 and 商家编码 are written anew, with the separator
        that was there. What else 价格信息 says stays. *is_own*: they are nobody else's, so they need not be copied.

        Raises:
            PriceInfoError: the row's cell is damaged; `repair` it first.
        """
        info = self._read()
        if isinstance(info, PriceInfoError):
            raise info
        codes = self.columns.codes
        old = [variant.code for variant in info.variants]
        separator = separator_of(self.text(codes), old) or self.columns.separator
        info.variants = list(variants) if is_own else [variant.copy() for variant in variants]
        self.put(self.columns.price_info, info.text())
        if codes is not None:
            self.put(codes, separator.join(variant.code for variant in variants))

    def _read(self) -> PriceInfo | PriceInfoError:
        if self._info is None:
            try:
                self._info = read_price_info(self.text(self.columns.price_info))
            except PriceInfoError as error:
                self._info = error
        return self._info


@dataclass(frozen=True, slots=True)
class PackageColumns:
    """The columns a package is known by, and the separator for codes where a row has only one."""

    price_info: RecognisedColumn
    codes: RecognisedColumn | None
    separator: str


@dataclass(slots=True)
class Package:
    """An opened package, whole in memory but for its pictures.

    Attributes:
        path: the zip (or the sheet alone).
        name: how messages call the sheet.
        recognition: what its columns mean.
        above: rows above the products, the header last.
        rows: the products in their order; remove or add some to change the package.
        other_sheets: name and rows of the workbook's other sheets; `sheet_at` is the place of the products among them.
        sheet_member: the sheet's name in the zip, "" where it came alone.
        members: every file of the zip.
    """

    path: Path
    name: str
    recognition: Recognition
    columns: PackageColumns
    above: list[list[Cell]]
    rows: list[PackageRow]
    other_sheets: list[tuple[str, list[list[Cell]]]] = field(default_factory=list)
    sheet_at: int = 0
    sheet_member: str = ""
    members: tuple[PackageMember, ...] = ()

    @property
    def problems(self) -> list[Problem]:
        """Damaged cells of all rows."""
        return [problem for row in self.rows if (problem := row.problem) is not None]

    def repair(self) -> int:
        """Take every proposal: only when a person has agreed. Returns: how many rows were repaired."""
        return sum(row.repair() for row in self.rows)

    def new_row(self) -> PackageRow:
        """An empty product at the end, to be filled."""
        row = PackageRow(self.rows[-1].number + 1 if self.rows else len(self.above) + 1, [], self.columns)
        row.is_changed, row._info = True, PriceInfo.of([])
        self.rows.append(row)
        return row


def separator_of(text: str, codes: Sequence[str]) -> str | None:
    """What stands between the *codes* in *text*, blanks included; None where that cannot be told."""
    if len(codes) < 2 or not text.startswith(codes[0]):
        return None
    rest = text[len(codes[0]) :]
    end = rest.find(codes[1]) if codes[1] else -1
    found = rest[:end] if end > 0 else ""
    return found if found and found.join(codes) == text.strip() else None


def separator_in(text: str) -> str | None:
    """The first known separator in a text of codes, with the blanks around it."""
    for separator in package_rules().separators:
        before, found, after = text.partition(separator)
        if found and before.strip():
            blanks = before[len(before.rstrip()) :], after[: len(after) - len(after.lstrip())]
            return f"{blanks[0]}{separator}{blanks[1]}"
    return None
