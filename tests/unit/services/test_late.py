"""What is imported when it is asked for: objects, tables, the language of a data folder."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import app.models
from app.models import tables
from app.services.application import Application
from app.services.chosen_language import chosen_language
from app.services.desktop import DesktopServices
from app.services.late import Late, late


def test_a_late_object_is_made_once_by_whoever_asks_first():
    stands_for = late("collections:OrderedDict", {"a": 1})
    assert isinstance(stands_for, Late)
    assert stands_for.get("a") == 1
    stands_for.update(b=2)
    assert list(stands_for.made()) == ["a", "b"]
    assert stands_for.made() is stands_for.made()


def test_a_late_object_that_cannot_be_made_says_why():
    with pytest.raises(ModuleNotFoundError, match="no_such_module"):
        late("no_such_module:Thing").anything()


def test_every_desk_of_the_window_can_be_made(tmp_path: Path):
    services = DesktopServices(Application(tmp_path))
    services.warm()
    desks = {name: desk for name, desk in vars(services).items() if isinstance(desk, Late)}
    assert len(desks) > 15
    assert all(type(desk.made()).__name__.endswith("Desk") for desk in desks.values())
    assert not list(tmp_path.iterdir()), "nothing is opened by it"


def test_every_table_is_there_by_its_name():
    assert {name: getattr(app.models, name) for name in tables.__all__} == {
        name: getattr(tables, name) for name in tables.__all__
    }
    with pytest.raises(AttributeError, match="NoSuchTable"):
        _ = app.models.NoSuchTable


@pytest.mark.parametrize(
    ("stored", "read"),
    [
        ('{"schema": 1, "language": "zh"}', "zh"),
        ('{"language": "en"}', "en"),
        ('{"schema": 1, "language": "fr"}', ""),
        ('{"schema": 1, "language": ["zh"]}', ""),
        ('{"schema": 2, "language": "zh"}', ""),
        ('{"schema": "new", "language": "zh"}', ""),
        ('{"schema": 1}', ""),
        ("[]", ""),
        ("{", ""),
    ],
)
def test_the_language_is_read_without_the_other_settings(tmp_path: Path, stored: str, read: str):
    (tmp_path / "settings.json").write_text(stored, "utf-8")
    assert chosen_language(tmp_path) == read


def test_the_language_is_the_one_the_settings_keep(tmp_path: Path):
    assert chosen_language(tmp_path) == ""
    Application(tmp_path).change_settings(language="zh")
    assert chosen_language(tmp_path) == "zh"
    assert json.loads((tmp_path / "settings.json").read_text("utf-8"))["language"] == "zh"
