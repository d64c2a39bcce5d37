"""What one cell of a table shows, as data; the delegate paints it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from app.messages import tr

Align = Literal["left", "right"]
Elide = Literal["right", "middle"]


class Badge(NamedTuple):
    """A small countable mark: glyph or icon-free text on a tone's ground."""

    text: str
    tone: str = "gray"
    glyph: str = ""


class Cell(NamedTuple):
    """Everything a cell may show. Only what is set is painted. A tuple: hundreds are made for every jump in a table.

    Attributes:
        text: the value, formatted; `–` for a missing one.
        tone: colour of the text: a role (`text`, `text2`, `text3`) or a tone (`red`, `amber` …).
        strong: weight 600.
        dot: a small amber dot in the gutter: changes not published.
        tip: tool tip; also the accessible description.
        copied: what is copied instead of `text`: no grouping, ASCII minus.
        second: second line in `text2`, shown where the density allows.
        second_tone: colour of the second line.
        status: key of the status vocabulary: glyph and word, a filled chip where a person must act. `text`
            replaces the word if set.
        badges: countable marks, right of the text, or alone.
        image: key of a thumbnail (`Thumbnails`), shown left of the text.
        tile: (letters, colour number) drawn like a thumbnail: a store.
        icon: name of an icon left of the text.
        before: the old value; shown as before → **text**.
        is_changed: changed since publish: ground and 3 px bar.
        is_refused: refused: red ground and text; the reason is the tip.
        is_excluded: neutral ground: does not apply here.
        share: 0 to 1, a thin bar left of the text; None for none.
        is_checked: a check box left of everything; None for none.
    """

    text: str = ""
    tone: str = "text"
    strong: bool = False
    dot: bool = False
    tip: str = ""
    copied: str | None = None
    second: str = ""
    second_tone: str = "text2"
    status: str = ""
    badges: tuple[Badge, ...] = ()
    image: str = ""
    tile: tuple[str, int] | None = None
    icon: str = ""
    before: str = ""
    is_changed: bool = False
    is_refused: bool = False
    is_excluded: bool = False
    share: float | None = None
    is_checked: bool | None = None

    @property
    def is_plain(self) -> bool:
        """Whether it is nothing but a text."""
        return self[_BESIDES_TEXT:] == _NOTHING


_BESIDES_TEXT = Cell._fields.index("second")
_NOTHING = Cell()[_BESIDES_TEXT:]
MISSING = Cell("–", tone="text3", copied="")
"""Unknown; zero is `0`."""
EMPTY = Cell()
WAITING = Cell("…", tone="text3", copied="")
"""A row that is under way."""


@dataclass(frozen=True)
class Column:
    """A column as data.

    Attributes:
        key: stable name, used for remembered widths, editing and sorting.
        title_key: message key of the header.
        cell: makes the cell from the row record. Formatting only: runs once a row, on any thread (copying many rows).
        child_cell: the same for an unfolded child row; empty without.
        cell_tip: the tip of *cell* where it costs more than the cell: made when somebody points at it.
        align: numbers right, texts left.
        width: pixels at 100 %.
        min_width: a number that does not fit is a column too narrow.
        sort_key: what the source sorts by; empty if it cannot.
        unit_key: message key of the unit shown beside the title.
        subtitle: second header line (formula, source), a function because it may depend on settings.
        tip: what the tooltip of the header says below the title, where the second line is too short for all of it.
        elide: where a text that does not fit is cut; codes and paths in the middle.
        stretch: takes the room that is left.
        hidden: not shown until chosen.
        fixed: cannot be hidden or moved.
        edit: text an editor starts with; None where the row cannot be edited.
        role: font of the text.
        new_value_first: sorts descending at the first click (dates, counts).
        name: what the header says where that is data, such as a store's name; instead of `title_key`.
    """

    key: str
    title_key: str
    cell: Callable[[Any], Cell | str]
    child_cell: Callable[[Any], Cell | str] | None = None
    cell_tip: Callable[[Any], str] | None = None
    align: Align = "left"
    width: int = 120
    min_width: int = 48
    sort_key: str = ""
    unit_key: str = ""
    subtitle: Callable[[], str] | None = None
    tip: Callable[[], str] | None = None
    elide: Elide = "right"
    stretch: bool = False
    hidden: bool = False
    fixed: bool = False
    edit: Callable[[Any], str | None] | None = None
    role: str = "body"
    new_value_first: bool = False
    name: str = ""

    @property
    def title(self) -> str:
        """What the header says."""
        return self.name or tr(self.title_key)

    def show(self, row: Any, *, is_child: bool = False) -> Cell:
        """The cell of *row*."""
        make = self.child_cell if is_child else self.cell
        if make is None:
            return EMPTY
        made = make(row)
        return Cell(made) if isinstance(made, str) else made


class RowCells:
    """The cells of one row in the order of *columns*, each made when it is first looked at: most columns are hidden."""

    __slots__ = ("_columns", "_is_child", "_made", "_row")

    def __init__(self, columns: Sequence[Column], row: Any, *, is_child: bool = False) -> None:
        self._columns = columns
        self._row = row
        self._is_child = is_child
        self._made: list[Cell | None] = [None] * len(columns)

    def __getitem__(self, at: int) -> Cell:
        made = self._made[at]
        if made is None:
            made = self._made[at] = self._columns[at].show(self._row, is_child=self._is_child)
        return made

    def tip(self, at: int) -> str:
        """The tool tip of the cell *at*; "" where it has none."""
        make = self._columns[at].cell_tip
        return self[at].tip or ("" if make is None or self._is_child else make(self._row))

    def __setitem__(self, at: int, cell: Cell) -> None:
        self._made[at] = cell

    def __len__(self) -> int:
        return len(self._made)

    def __iter__(self) -> Iterator[Cell]:
        return (self[at] for at in range(len(self._made)))
