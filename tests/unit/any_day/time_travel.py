"""Back to a point in time, in the simple model: what happened since, but for what took itself back, is reversed."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.unit.any_day.model import Deed, Model, Reversed


@dataclass
class Event:
    """A deed was done; or, with `undo`, that undo of it came to stand, or ceased to (`is_back`)."""

    at: int
    deed: Deed
    undo: Deed | None = None
    is_back: bool = False
    gone: list[Deed] = field(default_factory=list)
    """Undos of what was done since that took parts of it out."""

    @property
    def about(self) -> Deed:
        """What did it."""
        return self.undo or self.deed


def go_back(model: Model, tick: int) -> tuple[int, Reversed]:
    """Make all as it was at *tick*. Returns: in how many steps, and what came of them."""
    events = events_since(model, tick)
    restored, conflicts = set[int](), set[int]()
    anew: dict[int, Deed] = {}
    for event in reversed(events):
        if event.is_back:
            assert event.undo is not None
            found = model.reverse(event.deed, within=event.undo, is_kept=True)
            if found.restored:
                anew[id(event.undo)] = model.deeds[-1]
        else:
            deed = _standing(model, anew.get(id(event.about), event.about))
            found = Reversed(set(), _touched(event.about)) if deed is None else model.reverse(deed, is_kept=True)
        restored |= found.restored
        conflicts |= found.conflicts
    return len(events), Reversed(restored, conflicts)


def _standing(model: Model, deed: Deed) -> Deed | None:
    """What stands for an undo that does not: a later one of the same."""
    if deed.of is None or not deed.is_undone:
        return deed
    same = [one for one in model.deeds if one.of is deed.of and not one.is_undone and _are_equal(one, deed)]
    return same[-1] if same else None


def events_since(model: Model, tick: int) -> list[Event]:
    """What is to be reversed, the oldest first."""
    done = [Event(one.at, one) for one in model.deeds if one.of is None and one.at > tick]
    undos = [one for one in model.deeds if one.of is not None and one.of.of is None]
    turns = [Event(at, one.of, one, not stands) for one in undos for at, stands in one.turns if at > tick]  # type: ignore[arg-type]
    left: list[Event] = []
    for event in sorted([*done, *turns], key=lambda event: event.at):
        _add(left, event)
    return [event for event in left if not _is_empty(event)]


def _add(left: list[Event], event: Event) -> None:
    pair = next((one for one in reversed(left) if _takes_back(event, one)), None)
    if event.undo is None or pair is None:
        left.append(event)
        return
    between = [one for one in left[left.index(pair) + 1 :] if not _is_empty(one)]
    if any(_touched(event.undo) & _touched(one.about) and _is_alike(event.undo, one.about) for one in between):
        left.append(event)
    elif pair.undo is not None:
        left.remove(pair)
    elif event.is_back:
        pair.gone.remove(event.undo)
    else:
        pair.gone.append(event.undo)


def _takes_back(event: Event, one: Event) -> bool:
    if event.undo is None or one.deed is not event.deed:
        return False
    if one.undo is None:
        return not event.is_back or any(each is event.undo for each in one.gone)
    return one.is_back is not event.is_back and _are_equal(one.undo, event.undo)


def _are_equal(one: Deed, other: Deed) -> bool:
    return one is other or (one.cells, one.made) == (other.cells, other.made)


def _is_empty(event: Event) -> bool:
    """Whether all of what was done was taken out."""
    if event.undo is not None or not event.gone:
        return False
    cells = {(number, cell) for one in event.gone for number, its in one.cells.items() for cell in its}
    made = {number for one in event.gone for number in one.made}
    mine = {(number, cell) for number, its in event.deed.cells.items() for cell in its}
    return mine <= cells and event.deed.made.keys() <= made


def _touched(deed: Deed) -> set[int]:
    return {*deed.cells, *(deed.made if deed.of is not None else ())}


def _is_alike(one: Deed, other: Deed) -> bool:
    """Whether two are about the same field; a listing that came or went has all."""
    mine, its = ({cell[0] for cells in deed.cells.values() for cell in cells} for deed in (one, other))
    return bool(mine & its) or any(deed.made and deed.of is not None for deed in (one, other))
