"""What differs between titles that stand beside each other."""

from __future__ import annotations

import pytest

from app.services.listings.similar.differences import title_parts


def marked(*titles: str) -> list[list[str]]:
    parts = title_parts(titles)
    assert ["".join(text for text, _ in one) for one in parts] == list(titles)
    return [[text.strip() for text, is_other in one if is_other] for one in parts]


@pytest.mark.parametrize(
    ("titles", "found"),
    [
        (("Desk Lamp, white", "Desk lamp black"), [["white"], ["black"]]),
        (("Garden Lamp Lights", "Garden Lights Lamp Lights"), [[], ["Lights"]]),
        (("床头灯 触摸", "床头灯 遥控"), [["触摸"], ["遥控"]]),
        (("A B C", "A B C", "X Y"), [[], [], ["X Y"]]),
        (("Lamp Red Big", "Lamp Red", "Lamp Blue Big"), [[], [], ["Blue"]]),
        (("Lamp",), [[]]),
        (("", "Lamp"), [[], ["Lamp"]]),
        ((), []),
    ],
)
def test_words_most_titles_lack_are_marked(titles: tuple[str, ...], found: list[list[str]]) -> None:
    assert marked(*titles) == found
