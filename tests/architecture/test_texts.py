"""Every sentence exists in both languages, says the same in both, and is used (CONTRIBUTING.md)."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from string import Formatter

import pytest

from app.messages import Entry, catalogue
from tests.architecture.source import docstrings
from tests.architecture.texts import (
    cell_codes,
    error_codes,
    finding_codes,
    literals,
    name_of,
    program,
    spoken_keys,
)

CHINESE = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff01-\uff60]")
QUOTED = re.compile(r"“[^”]*”|中文")
"""What a sentence quotes may be in the other language, and a language is called by its own name."""
COURTESY = re.compile(r"\b(please|successfully|sorry|oops)\b|!", re.I)
COURTESY_ZH = re.compile(r"(?<!申)请(?!求)|成功地|抱歉|！")
HAN = re.compile(r"[\u4e00-\u9fff]")
LONGEST_WORD = 6
"""Chinese characters of a term such as 虚拟海外仓."""
TEXT_SETTERS = {"setText", "setWindowTitle", "setToolTip", "setPlaceholderText", "setStatusTip", "setTitle", "addTab"}

CODES: dict[str, Callable[[], Iterator[tuple[str, str]]]] = {
    "error": error_codes,
    "finding": finding_codes,
    "cell": cell_codes,
}


def languages(entry: Entry) -> dict[str, list[str]]:
    """The texts of an entry by language; several where they depend on a count."""
    return {language: list(text.values()) if isinstance(text, dict) else [text] for language, text in entry.items()}


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_keys_that_are_spoken_exist() -> None:
    spoken = list(spoken_keys())
    assert spoken
    assert [f"{place} {key}" for key, place in spoken if key not in catalogue()] == []


@pytest.mark.parametrize("kind", CODES)
def test_codes_have_a_sentence(kind: str) -> None:
    missing = {f"{place} {kind}.{code}" for code, place in CODES[kind]() if f"{kind}.{code}" not in catalogue()}
    assert sorted(missing) == []


def test_both_languages_are_there() -> None:
    wrong = [
        key
        for key, entry in catalogue().items()
        if set(entry) != {"zh", "en"} or not all(text.strip() for texts in languages(entry).values() for text in texts)
    ]
    assert not wrong


def test_both_languages_have_the_same_placeholders() -> None:
    wrong = []
    for key, entry in catalogue().items():
        wanted = placeholders(languages(entry)["zh"][-1])
        for text in (text for texts in languages(entry).values() for text in texts):
            found = placeholders(text)
            # "1 row" may leave the number out; every other form names it.
            one = isinstance(entry["en"], dict) and text == entry["en"]["one"]
            if not (found <= wanted and wanted - found <= ({"n"} if one else set())):
                wrong.append(f"{key}: {sorted(found ^ wanted)}")
    assert not wrong


def test_counts_have_one_and_other() -> None:
    for key, entry in catalogue().items():
        assert isinstance(entry["zh"], str), key
        if isinstance(entry["en"], dict):
            assert set(entry["en"]) == {"one", "other"}, key


def test_english_is_free_of_chinese() -> None:
    wrong = [
        key
        for key, entry in catalogue().items()
        if any(CHINESE.search(QUOTED.sub("", text)) for text in languages(entry)["en"])
    ]
    assert not wrong


def test_chinese_is_chinese() -> None:
    """A whole English sentence (four words and more) in the Chinese text is one that was forgotten."""
    wrong = [
        key
        for key, entry in catalogue().items()
        for text in languages(entry)["zh"]
        if text not in languages(entry)["en"]
        and not CHINESE.search(text)
        and len(re.findall(r"[A-Za-z]{2,}", Formatter().vformat(text, (), _Blank()))) > 3
    ]
    assert not wrong


class _Blank(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return ""


def test_tone() -> None:
    """interface.md: no courtesies, no exclamation marks."""
    wrong = [
        f"{key}: {text}"
        for key, entry in catalogue().items()
        for language, texts in languages(entry).items()
        for text in texts
        if (COURTESY if language == "en" else COURTESY_ZH).search(text)
    ]
    assert not wrong


def test_keys_are_dotted() -> None:
    """The first part is the area; the last may be a platform's own word or sign."""
    wrong = [key for key in catalogue() if not re.fullmatch(r"[a-z][a-z0-9_]*(\.[^.]+)+", key)]
    assert not wrong


def test_no_sentence_is_left_over() -> None:
    whole, beginnings = literals()
    beginnings = {text for text in beginnings if re.fullmatch(r"[a-z][a-z0-9_]*\.[a-z0-9_.]*", text)}
    prefixes = ("error.", "finding.", "cell.", "finding_group.", "fix.")
    made = beginnings - set(prefixes)
    left = [
        key
        for key in catalogue()
        if key not in whole
        and not any(key.startswith(prefix) and key.removeprefix(prefix) in whole for prefix in prefixes)
        and not any(key.removeprefix(prefix).startswith(text) for prefix in ("", "error.") for text in made)
        and not any(key.endswith(text) for text in whole if text.startswith("_"))
    ]
    assert left == []


def test_no_chinese_sentence_stands_in_code() -> None:
    """Chinese in code is a word of the trade that is looked for, never a sentence that is shown."""
    wrong = []
    for module in program():
        ignored = docstrings(module)
        texts = (node for node in module.nodes if isinstance(node, ast.Constant) and id(node) not in ignored)
        wrong += [f"{module}:{node.lineno}" for node in texts if len(HAN.findall(str(node.value))) > LONGEST_WORD]
    assert not wrong


def test_no_sentence_is_set_in_the_window() -> None:
    wrong = [
        f"{module}:{call.lineno}"
        for module in program()
        if module.name.startswith("app.views")
        for call in module.nodes
        if isinstance(call, ast.Call) and name_of(call.func) in TEXT_SETTERS
        for argument in call.args
        if isinstance(argument, ast.Constant)
        and isinstance(argument.value, str)
        and re.search(r"[a-z]{3}", argument.value)
    ]
    assert not wrong
