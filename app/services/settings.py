"""What the user chose for window and command line alike, in one small JSON file of the data folder.

What only the window knows (theme, text size, density, widths) is the window's: `app.views.view_settings`.

The file is written to `.part` and then renamed, so that a crash leaves the old or the new file, never half of one.
It carries a schema number; every step to a newer schema is one function in `UPGRADES`. Values that make no sense
fall back to their default one by one, names nobody knows (from a newer program) are kept.
"""

from __future__ import annotations

import json
import logging
import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from app.services.chosen_language import LANGUAGES, SCHEMA, SETTINGS_NAME
from app.services.errors import InputError
from app.services.roles import Role

log = logging.getLogger(__name__)

Raw = dict[str, Any]


class SettingsTooNew(InputError):
    """The file was written by a newer program: `found` is its schema, `known` ours."""

    code = "settings.too_new"


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings with their defaults.

    Attributes:
        language: `zh`, `en`, or "" for the operating system's.
        calls_per_s: most calls a second to one store, 1–1000; None for the platform's own limits.
        parallel_calls: requests under way to one store at a time, 1–32.
        order_days: how far back the first sync of orders reaches, 1–180 (the platform allows no more).
        gateway_hosts: hosts tokens may be sent to; plain HTTP is allowed to this computer only (DESIGN.md 10).
        token_warn_days: a store is "expires soon" that many days before its token ends (domain.md 20).
        callback_port: where a browser comes back to after a sign-in, on this computer; the platform must know the
            address `http://127.0.0.1:<port>/callback` as the app's callback. 1024–65535.
        code_separator: between merchant codes in a data package where none stands there yet (domain.md 6).
        proxy: HTTP proxy to the marketplace, "" for the system's, `direct` for none (DESIGN.md 10); never with its
            password.
        proxy_secret: where the credential store has the proxy's password, "" where it has none.
        http_trace: whether calls to the marketplace are noted for support, without secrets.
        role: of whoever works at this computer (domain.md 17): `supervisor`, `operator`, `clerk` or `viewer`.
        tables_hours: a daily company table is old after so many hours, 1–720 (domain.md 20).
        unknown: names this program does not know, kept as they were.
    """

    language: str = ""
    calls_per_s: int | None = None
    parallel_calls: int = 8
    order_days: int = 90
    gateway_hosts: tuple[str, ...] = ("api-sg.aliexpress.com", "gw.api.taobao.com", "eco.taobao.com")
    token_warn_days: int = 7
    callback_port: int = 47865
    code_separator: str = ","
    proxy: str = ""
    proxy_secret: str = ""
    http_trace: bool = False
    role: str = Role.SUPERVISOR
    tables_hours: int = 24
    unknown: Mapping[str, Any] = field(default_factory=dict)


def _number_the_file(raw: Raw) -> Raw:
    """A file without a schema number was written by hand: its names are today's."""
    return raw


UPGRADES: dict[int, Callable[[Raw], Raw]] = {0: _number_the_file}
"""From which schema, by which function, to the next one."""


def upgrade(raw: Raw, steps: Mapping[int, Callable[[Raw], Raw]] = UPGRADES, target: int = SCHEMA) -> Raw:
    """*raw* brought to the schema *target*, one step after the other.

    Raises:
        SettingsTooNew: *raw* is newer than *target*.
    """
    found = raw.get("schema", 0)
    if not isinstance(found, int) or found > target:
        raise SettingsTooNew(found=found, known=target)
    for schema in range(found, target):
        raw = {**steps[schema](raw), "schema": schema + 1}
    return raw


def _is_hosts(value: Any) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(host, str) and host for host in value)


def _is_whole(low: int, high: int) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


_VALID: dict[str, Callable[[Any], bool]] = {
    "language": lambda value: value in LANGUAGES,
    "calls_per_s": lambda value: value is None or _is_whole(1, 1000)(value),
    "parallel_calls": _is_whole(1, 32),
    "order_days": _is_whole(1, 180),
    "gateway_hosts": _is_hosts,
    "token_warn_days": _is_whole(0, 60),
    "callback_port": _is_whole(1024, 65535),
    "code_separator": lambda value: isinstance(value, str) and value.strip() in tuple(",;|，；"),
    "proxy": lambda value: isinstance(value, str),
    "proxy_secret": lambda value: isinstance(value, str),
    "http_trace": lambda value: isinstance(value, bool),
    "role": lambda value: value in tuple(Role),
    "tables_hours": _is_whole(1, 720),
}


def from_raw(raw: Raw) -> Settings:
    """Settings out of a file's object of today's schema; a value that makes no sense is its default."""
    chosen = {name: raw[name] for name, is_valid in _VALID.items() if name in raw and is_valid(raw[name])}
    if "gateway_hosts" in chosen:
        chosen["gateway_hosts"] = tuple(chosen["gateway_hosts"])
    unknown = {name: value for name, value in raw.items() if name not in _VALID and name != "schema"}
    return Settings(**chosen, unknown=unknown)


def to_raw(settings: Settings) -> Raw:
    """The file's object: schema number, known names, then the unknown ones as they came."""
    known = asdict(settings)
    unknown = known.pop("unknown")
    return {"schema": SCHEMA, **known, **unknown}


class SettingsFile:
    """The settings of one data folder. Threads: any."""

    def __init__(self, data_dir: Path) -> None:
        self.path = data_dir / SETTINGS_NAME
        self._lock = threading.RLock()  # a change reads the settings within it
        self._settings: Settings | None = None

    @property
    def settings(self) -> Settings:
        """The current settings, read from the file at the first look.

        Raises:
            SettingsTooNew: the file was written by a newer program.
        """
        with self._lock:
            if self._settings is None:
                self._settings = self._read()
            return self._settings

    def change(self, **values: Any) -> Settings:
        """Set some settings and write the file.

        Raises:
            TypeError: a name that is no setting.
            ValueError: a value that makes no sense for its name.
        """
        with self._lock:
            settings = replace(self.settings, **values)
            refused = [name for name in values if name in _VALID and not _VALID[name](getattr(settings, name))]
            if refused:
                raise ValueError(f"no value for {', '.join(refused)}")
            self._write(settings)
            self._settings = settings
        return settings

    def _read(self) -> Settings:
        try:
            raw = json.loads(self.path.read_text("utf-8"))
        except FileNotFoundError:
            return Settings()
        except ValueError:
            raw = None
        if not isinstance(raw, dict):
            aside = self.path.with_suffix(".damaged.json")
            self.path.replace(aside)
            log.warning("%s could not be read and was put aside as %s", self.path.name, aside.name)
            return Settings()
        return from_raw(upgrade(raw))

    def _write(self, settings: Settings) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        part = self.path.with_suffix(".part")
        with part.open("w", encoding="utf-8", newline="\n") as stream:
            json.dump(to_raw(settings), stream, ensure_ascii=False, indent=2)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(self.path)


SETTING_NAMES = tuple(name.name for name in fields(Settings) if name.name != "unknown")
"""Names of all settings, for a test that each has a check."""
