"""Word lists: 20 000 words of a team over 100 000 listings, against the shipped lists of a few hundred words.

What is asked of each listing is the quick look that every check begins with; processor time, because nothing waits.
"""

from __future__ import annotations

import random
import string
from collections.abc import Iterator
from statistics import median

from app.services.compliance.word_lists import Entry, Lists, compiled, shipped_lists
from app.services.compliance.words import WordBook
from tests.benchmarks.ground import Ground
from tests.benchmarks.measuring import Measurement, cpu_s

WORDS = 20_000
CHINESE = 4_000
HIT_EVERY, CHINESE_EVERY = 20, 10


def measure(ground: Ground) -> Iterator[Measurement]:
    """The two books in turn, `repeats` times."""
    made = random.Random(1)
    words = _words(made)
    lists = Lists(dict(shipped_lists().lists), {"brands": [Entry("brands", word) for word in words]})
    begun = cpu_s()
    large = compiled(lists)
    making = cpu_s() - begun
    small = compiled(shipped_lists())
    texts = _texts(made, ground.sizes.listings // 10, words)
    runs = [(_looked(small, texts), _looked(large, texts)) for _ in range(ground.sizes.repeats)]
    how = f"{WORDS} words of which {CHINESE} Chinese over {len(texts)} listings; the shipped lists over the same"
    floor, value = (median(run[at] for run in runs) for at in (0, 1))
    yield Measurement("words.look", value, "s", how, floor=floor, budget=1.5)
    yield Measurement("words.compile", making, "s", f"making {WORDS} words ready, once after each change", budget=3.0)


def _looked(book: WordBook, texts: list[str]) -> float:
    begun = cpu_s()
    for text in texts:
        book.is_clean(text)
    return cpu_s() - begun


def _words(made: random.Random) -> list[str]:
    latin = [f"{_word(made)}x" for _ in range(WORDS - CHINESE - WORDS // 10)]
    phrases = [f"{_word(made)} {_word(made)}" for _ in range(WORDS // 10)]
    chinese = ["".join(chr(0x4E00 + made.randrange(6_000)) for _ in range(2)) for _ in range(CHINESE)]
    return [*latin, *phrases, *chinese]


def _texts(made: random.Random, count: int, words: list[str]) -> list[str]:
    """Title, keywords and a short page each; some carry a listed word, some Chinese."""
    vocabulary = [_word(made) for _ in range(20_000)]
    texts = []
    for number in range(count):
        title, page = (" ".join(made.choices(vocabulary, k=size)) for size in (10, 40))
        text = f"{title}\n{title[:30]}\n<p>{page}</p>"
        text += f" {made.choice(words)}" if number % HIT_EVERY == 0 else ""
        texts.append(text + (" 台灯陶瓷底座触摸控制卧室床头" if number % CHINESE_EVERY == 0 else ""))
    return texts


def _word(made: random.Random) -> str:
    return "".join(made.choices(string.ascii_lowercase, k=made.randint(5, 10)))
