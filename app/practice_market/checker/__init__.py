"""The market's own checker, written from the protocol, not from the app's: a green preview that turns red here is a
failing test (DESIGN.md 3.2). It stops at the first thing that is wrong, like the platform.

Source: aliexpress-open-platform.md 4.6, 5.2, 5.9; domain.md 5.1.
"""

from __future__ import annotations

from app.practice_market.checker import attributes, belongings, images, package, skus, texts
from app.practice_market.content.reading import Family, Record
from app.practice_market.context import Context


def check(record: Record, family: Family, context: Context) -> None:
    """Let a record pass or refuse it.

    Raises:
        Refusal: the first rule it breaks.
    """
    category = belongings.leaf(record)
    texts.check(record, family)
    images.check(record, context)
    attributes.check(record, category)
    skus.check(record, family, category)
    package.check(record, context)
    belongings.check(record, family, context)
