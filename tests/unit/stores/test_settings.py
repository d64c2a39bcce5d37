"""Settings survive crashes, hand-written nonsense, older and newer files."""

from __future__ import annotations

import json
import logging
import threading
from dataclasses import fields
from pathlib import Path

import pytest

from app.services import settings as module
from app.services.settings import Settings, SettingsFile, SettingsTooNew, from_raw, to_raw, upgrade


def write(folder: Path, raw: object) -> SettingsFile:
    (folder / "settings.json").write_text(json.dumps(raw), "utf-8")
    return SettingsFile(folder)


def test_defaults_without_a_file(tmp_path: Path) -> None:
    settings = SettingsFile(tmp_path).settings
    assert (settings.language, settings.parallel_calls, settings.order_days) == ("", 8, 90)
    assert list(tmp_path.iterdir()) == []


def test_a_change_is_on_disk_and_read_again(tmp_path: Path) -> None:
    file = SettingsFile(tmp_path / "new")
    file.change(language="zh", order_days=15, gateway_hosts=("api-sg.aliexpress.com",), calls_per_s=12)
    assert file.settings.language == "zh"
    again = SettingsFile(tmp_path / "new").settings
    assert again == file.settings
    assert again.gateway_hosts == ("api-sg.aliexpress.com",)
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["settings.json"]


def test_nonsense_falls_back_value_by_value(tmp_path: Path) -> None:
    file = write(
        tmp_path,
        {
            "schema": 1,
            "language": "fr",
            "token_warn_days": 3,
            "order_days": 400,
            "parallel_calls": True,
            "calls_per_s": -1,
            "gateway_hosts": "api-sg.aliexpress.com",
        },
    )
    settings = file.settings
    default = Settings()
    assert (settings.language, settings.token_warn_days, settings.order_days) == ("", 3, 90)
    assert (settings.parallel_calls, settings.calls_per_s) == (default.parallel_calls, None)
    assert settings.gateway_hosts == default.gateway_hosts


def test_unknown_names_survive_a_change(tmp_path: Path) -> None:
    file = write(tmp_path, {"schema": 1, "language": "zh", "colour_of_the_moon": [1, 2]})
    file.change(language="en")
    stored = json.loads((tmp_path / "settings.json").read_text("utf-8"))
    assert stored["colour_of_the_moon"] == [1, 2]
    assert (stored["language"], stored["schema"]) == ("en", 1)


def test_a_file_without_a_number_is_taken_as_written_by_hand(tmp_path: Path) -> None:
    assert write(tmp_path, {"language": "zh"}).settings.language == "zh"


@pytest.mark.parametrize("schema", [2, 99, "1"])
def test_a_newer_file_is_refused_and_left_alone(tmp_path: Path, schema: object) -> None:
    file = write(tmp_path, {"schema": schema, "language": "zh"})
    before = (tmp_path / "settings.json").read_bytes()
    with pytest.raises(SettingsTooNew):
        _ = file.settings
    assert (tmp_path / "settings.json").read_bytes() == before


@pytest.mark.parametrize("content", ["{", "[]", "", "\x00\x01"])
def test_a_damaged_file_is_put_aside(tmp_path: Path, content: str, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "settings.json").write_text(content, "utf-8")
    with caplog.at_level(logging.WARNING):
        assert SettingsFile(tmp_path).settings == Settings()
    assert (tmp_path / "settings.damaged.json").read_text("utf-8") == content
    assert "put aside" in caplog.text


def test_upgrade_goes_step_by_step() -> None:
    def rename(raw: dict[str, object]) -> dict[str, object]:
        return {("text_px" if name == "font_px" else name): value for name, value in raw.items()}

    def double(raw: dict[str, object]) -> dict[str, object]:
        return {**raw, "text_px": int(str(raw["text_px"])) + 1}

    steps = {0: lambda raw: raw, 1: rename, 2: double}
    assert upgrade({"schema": 1, "font_px": 13}, steps, 3) == {"schema": 3, "text_px": 14}
    assert upgrade({"schema": 2, "text_px": 13}, steps, 3) == {"schema": 3, "text_px": 14}
    assert upgrade({"schema": 3, "text_px": 13}, steps, 3) == {"schema": 3, "text_px": 13}


def test_every_schema_before_todays_has_its_step() -> None:
    assert sorted(module.UPGRADES) == list(range(module.SCHEMA))


def test_every_setting_has_a_check_and_passes_it() -> None:
    raw = to_raw(Settings())
    names = {field.name for field in fields(Settings)} - {"unknown"}
    assert names == set(module._VALID) == set(module.SETTING_NAMES)
    assert all(module._VALID[name](raw[name]) for name in names)
    assert from_raw(raw) == Settings()


@pytest.mark.parametrize(
    ("name", "value"), [("language", "fr"), ("token_warn_days", 61), ("order_days", 181), ("parallel_calls", 0)]
)
def test_a_value_that_makes_no_sense_is_not_stored(tmp_path: Path, name: str, value: object) -> None:
    file = SettingsFile(tmp_path)
    with pytest.raises(ValueError, match=name):
        file.change(**{name: value})
    with pytest.raises(TypeError):
        file.change(no_such_setting=1)
    assert list(tmp_path.iterdir()) == []


def test_two_changes_at_the_same_time_are_both_kept(tmp_path: Path) -> None:
    file, start = SettingsFile(tmp_path), threading.Barrier(2)

    def change(**values: object) -> None:
        start.wait(10)
        file.change(**values)

    threads = [threading.Thread(target=change, kwargs=values) for values in ({"language": "zh"}, {"order_days": 7})]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (file.settings.language, file.settings.order_days) == ("zh", 7)


def test_what_is_the_windows_alone_has_no_second_home() -> None:
    assert not {"theme", "text_px", "density"} & set(module.SETTING_NAMES)


def test_a_crash_while_writing_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = SettingsFile(tmp_path)
    file.change(language="zh")

    def torn(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(module.json, "dump", torn)
    with pytest.raises(KeyboardInterrupt):
        file.change(language="en")
    assert SettingsFile(tmp_path).settings.language == "zh"
