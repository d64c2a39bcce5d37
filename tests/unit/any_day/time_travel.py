"""Back to a point in time, in the simple model: what is reversed, by the turns of each change and undo."""

from __future__ import annotations

from typing import NamedTuple

from tests.unit.any_day.model import Deed, Model, Reversed


class Step(NamedTuple):
    """A deed to be reversed since *at*; *anew*: an undo of it that was done again since."""

    at: int
    deed: Deed
    anew: Deed | None = None


def go_back(model: Model, tick: int) -> tuple[int, Reversed]:
    """Make all as it was at *tick*. Returns: in how many steps, and what came of them."""
    steps = sorted(steps_since(model, tick), key=lambda step: -step.at)
    restored, conflicts = set[int](), set[int]()
    for step in steps:
        found = model.reverse(step.deed, within=step.anew, is_kept=True)
        restored |= found.restored
        conflicts |= found.conflicts
    return len(steps), Reversed(restored, conflicts)


def steps_since(model: Model, tick: int) -> list[Step]:
    """What leads back, in no order."""
    steps, pairs = [], []
    for deed in [one for one in model.deeds if one.of is None]:
        undos = [one for one in model.deeds if one.of is deed]
        if deed.at > tick:
            steps += [] if deed.is_undone else [Step(deed.at, deed)]
            pairs += [(one, Step(deed.at, deed), _turn(one, tick)) for one in undos if one.stood()]
            continue
        known, undos = undos, [one for one in undos if one.stood() is not one.stood(tick)]
        for older in [one for one in undos if not one.stood()]:
            for newer in [one for one in undos if one.stood()]:
                if (older.cells, older.made) == (newer.cells, newer.made) and older in undos:
                    undos = [one for one in undos if one not in (older, newer)]
                    pairs.append((newer, *sorted((_turn(older, tick), _turn(newer, tick)), key=lambda step: step.at)))
        steps += [_last(one, known, tick) for one in undos]
    while tied := [pair for pair in pairs if any(_is_tied(pair, step) for step in steps)]:
        pairs = [pair for pair in pairs if pair not in tied]
        steps += [step for pair in tied for step in pair[1:] if step not in steps]
    return steps


def _turn(undo: Deed, tick: int) -> Step:
    """What makes up for its turns since; those that went with all that came after it are left out."""
    assert undo.of is not None
    if undo.stood():
        return Step(next(at for at, stands in undo.turns if stands and at > tick), undo)
    return Step(undo.turns[-1][0], undo.of, undo)


def _last(undo: Deed, undos: list[Deed], tick: int) -> Step:
    """Its last turn; what was done again may have been undone and done again since."""
    step = _turn(undo, tick)
    again = [one for one in undos if not one.stood() and _touched(one) & _touched(undo) and _is_alike(one, undo)]
    return step._replace(at=max(one.turns[-1][0] for one in again)) if step.anew is not None else step


def _touched(deed: Deed) -> set[int]:
    return {*deed.cells, *(deed.made if deed.of is not None else ())}


def _is_tied(pair: tuple[Deed, Step, Step], step: Step) -> bool:
    """Whether what stands lies between the two of a pair, about the same fields of some of the same listings."""
    undo, older, newer = pair
    if not older.at < step.at < newer.at:
        return False
    return bool(_touched(undo) & _touched(step.deed)) and _is_alike(undo, step.deed)


def _is_alike(one: Deed, other: Deed) -> bool:
    mine, its = ({cell[0] for cells in deed.cells.values() for cell in cells} for deed in (one, other))
    whole = [bool(deed.made) and deed.of is not None for deed in (one, other)]
    return bool(mine & its) or (whole[0] and (bool(its - {"tags"}) or whole[1])) or (whole[1] and bool(mine - {"tags"}))
