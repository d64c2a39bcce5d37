"""The command line's grammar, languages, failures and exit codes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from app.cli.asking import has_command, is_window_demo
from app.cli.commands import stores as store_commands
from app.cli.desk import price_text, table, time_text
from app.cli.failures import UsageError, failure_of, sentence
from app.cli.outcome import Exit
from app.cli.parser import MODULES, Commands, Parser, make_parser
from app.messages import messages
from app.paths import data_dir_of, data_of
from app.services.application import Application
from app.services.errors import AppError, InputError, NotFound, OutOfReach, UndoConflict
from app.services.marketplace.port import RateLimited, Refused, SignedOut, Unanswered, Unreachable
from app.services.tasks import TaskCancelled

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize(
    ("error", "code", "exit_code"),
    [
        (InputError("cli.limit", option="--limit", value=0, least=1, most=9), "cli.limit", 2),
        (NotFound("undo.nothing", name=""), "undo.nothing", 2),
        (OutOfReach(), "out_of_reach", 3),
        (Unreachable(host="127.0.0.1:9"), "marketplace.unreachable", 3),
        (SignedOut(), "marketplace.signed_out", 3),
        (RateLimited(retry_after_s=3), "marketplace.rate_limited", 3),
        (Unanswered(), "marketplace.unanswered", 3),
        (Refused("marketplace.permission", platform_code="X"), "marketplace.permission", 2),
        (UndoConflict(count=1, ids=(1,)), "undo_conflict", 1),
        (AppError(), "app", 2),
        (TaskCancelled(), "cli.cancelled", 2),
        (OperationalError("SELECT", {}, Exception("locked")), "database.out_of_reach", 3),
        (PermissionError(13, "Permission denied", "/root/x"), "cli.file", 2),
    ],
)
def test_every_failure_has_its_code_and_exit(error, code, exit_code, caplog):
    failure = failure_of(error, "log.txt")
    assert (failure.code, failure.exit) == (code, exit_code)
    assert failure.message
    assert failure.message != code
    caplog.clear()


@pytest.mark.logs_errors
def test_a_bug_is_logged_and_told_without_a_traceback(cli, own_data_folder, monkeypatch):
    def broken(*_):
        raise ZeroDivisionError("the secret inside")

    monkeypatch.setattr(store_commands, "list_all", broken)
    said = cli("--json", "store", "list")
    log = own_data_folder / "logs" / "shangjia.log"
    assert said.code == 2
    assert said.json["error"]["code"] == "cli.bug"
    assert str(log) in said.json["error"]["message"]
    assert "Traceback" not in said.out + said.err
    assert "ZeroDivisionError" in log.read_text("utf-8")


@pytest.mark.logs_errors
def test_a_broken_catalogue_brings_no_traceback_either(cli, monkeypatch, own_data_folder):
    def broken(*_, **__):
        raise ValueError("two files, one key")

    monkeypatch.setattr("app.cli.parser.tr", broken)
    monkeypatch.setattr("app.cli.failures.tr", broken)
    said = cli("--json", "store", "list")
    assert (said.code, said.json["error"]["code"]) == (2, "cli.bug")
    assert "Traceback" not in said.err + said.out
    assert "two files, one key" in (own_data_folder / "logs" / "shangjia.log").read_text("utf-8")


def test_a_sentence_that_does_not_fit_its_parameters_is_no_second_failure(caplog):
    assert sentence(InputError("cli.limit")) == "cli.limit"
    assert sentence(InputError("never.heard_of")) == "never.heard_of"
    caplog.clear()


@pytest.mark.parametrize(
    "arguments",
    [
        ("nonsense",),
        ("store",),
        ("store", "add", "X"),
        ("store", "sync", "X", "--what", "moon"),
        ("list", "--store", "X", "--limit", "many"),
        ("publish",),
        ("doctor", "--stray"),
        ("--json",),
    ],
)
def test_wrong_usage_says_so_and_does_nothing(cli, own_data_folder, arguments):
    said = cli("--json", *arguments)
    assert said.code == 2
    assert said.json["error"]["code"] == "cli.usage"
    assert said.err.strip() == said.json["error"]["message"]
    assert not own_data_folder.exists()


def _parsers(parser):
    yield parser
    for action in parser._actions:
        for below in (action.choices or {}).values() if isinstance(action.choices, dict) else ():
            yield from _parsers(below)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_command_explains_itself(language):
    messages.language = language
    found = list(_parsers(make_parser()))
    assert len(found) > len(MODULES)
    for parser in found:
        assert parser.prog in parser.format_help()


def test_help_names_every_command_in_the_users_language(cli, own_data_folder):
    english = cli("--help")
    assert english.code == 0
    for command in ("market", "store", "check", "publish", "list", "undo", "history", "backup", "doctor"):
        assert f"\n    {command}" in english.out
    assert "Exit codes" in english.out
    Application(own_data_folder).change_settings(language="zh")
    chinese = cli("--help").out
    assert "用法：" in chinese
    assert "退出码" in chinese
    assert "Exit codes" not in chinese


def test_global_options_stand_before_or_after_the_command(cli, tmp_path, own_data_folder):
    before = cli("--json", "store", "list")
    after = cli("store", "list", "--json")
    assert before.json == after.json == {"stores": []}
    assert cli("store", "list", "--data", str(tmp_path / "other")).code == 0
    assert (tmp_path / "other" / "shangjia.db").exists()


def test_the_data_folder_is_found_without_the_grammar(own_data_folder):
    assert data_of(["--data", "a", "store", "--data=b"]) == Path("b")
    assert data_of(["store", "--data"]) is None
    assert data_dir_of(["store"]) == own_data_folder


@pytest.mark.parametrize(
    ("arguments", "is_command"),
    [
        ([], False),
        (["--data", "x"], False),
        (["--data=x"], False),
        (["demo"], False),
        (["--data", "x", "demo"], False),
        (["demo", "--headless"], True),
        (["--json", "doctor"], True),
        (["--help"], True),
        (["store"], True),
        (["list", "--store", "demo"], True),
    ],
)
def test_without_a_command_the_window_opens(arguments, is_command):
    assert has_command(arguments) is is_command
    assert is_window_demo(arguments) is ("demo" in arguments and not is_command)


def test_settings_of_a_newer_program_stop_the_command(cli, own_data_folder):
    own_data_folder.mkdir()
    (own_data_folder / "settings.json").write_text('{"schema": 99}')
    said = cli("--json", "store", "list")
    assert (said.code, said.json["error"]["code"]) == (2, "settings.too_new")


def test_a_database_that_is_none_is_bad_input(cli, own_data_folder):
    own_data_folder.mkdir()
    (own_data_folder / "shangjia.db").write_text("this is no database " * 100)
    said = cli("--json", "store", "list")
    assert (said.code, said.json["error"]["code"]) == (2, "database.damaged")


def test_every_command_module_is_known():
    folder = ROOT / "app" / "cli" / "commands"
    assert {path.stem for path in folder.glob("*.py")} - {"__init__"} == set(MODULES)


@pytest.mark.parametrize("module", MODULES)
def test_every_module_adds_the_commands_it_is_known_for(module):
    class Noting:
        def __init__(self):
            self.names = []
            self.of_all = Commands(Parser(prog="x").add_subparsers())

        def add(self, name, handler):
            self.names.append(name)
            return self.of_all.add(name, handler)

        def group(self, name):
            self.names.append(name)
            return self.of_all.group(name)

    noting = Noting()
    import_module(f"app.cli.commands.{module}").add_to(noting)
    assert tuple(noting.names) == MODULES[module]


@pytest.mark.parametrize(
    ("arguments", "known"),
    [
        (("store", "list"), {"store"}),
        (("--data", "list", "--json", "backup"), {"backup", "doctor", "trace"}),
        (("--verbose", "--data=here", "undo", "list"), {"undo", "history"}),
        ((), None),
        (("--json",), None),
        (("lst",), None),
        (("--help", "list"), None),
        (("-h", "list"), None),
        (("--data",), None),
        (("--jsn", "list"), None),
    ],
)
def test_only_the_named_command_is_made(arguments, known):
    [commands] = [action for action in make_parser(arguments)._actions if isinstance(action.choices, dict)]
    everything = {name for names in MODULES.values() for name in names}
    assert set(commands.choices) == (everything if known is None else known)


def test_money_and_time_as_text():
    assert [price_text(minor) for minor in (None, 0, 5, 1890, 100000)] == [None, "0.00", "0.05", "18.90", "1000.00"]
    assert time_text(None) is None
    assert time_text(1_795_281_234_000) == "2026-11-21T17:13:54Z"


def test_tables_line_up_with_wide_characters():
    assert table([("晨帆", 1), ("ab", 22)]) == ["晨帆  1", "ab    22"]


def program(*arguments: str, data: Path, **options: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "app", "--data", str(data), *arguments],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
        **options,
    )


def test_as_a_program_it_prints_one_object_on_the_last_line(tmp_path):
    done = program("--json", "store", "list", data=tmp_path / "数据 folder")
    assert (done.returncode, json.loads(done.stdout.splitlines()[-1]), done.stderr) == (0, {"stores": []}, "")
    failed = program("--json", "list", "--store", "nobody", data=tmp_path)
    assert failed.returncode == 2
    assert json.loads(failed.stdout)["error"]["code"] == "store.not_found"


def test_a_console_of_another_code_page_is_no_error(tmp_path):
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "LC_ALL": "C"}
    Application(tmp_path).change_settings(language="zh")
    done = program("store", "list", data=tmp_path, env=environment)
    assert (done.returncode, done.stdout) == (0, "还没有店铺。用 store add 添加一个。\n")


@pytest.mark.skipif(os.name != "posix", reason="pipes of a shell")
def test_a_reader_that_leaves_early_is_no_error(tmp_path):
    command = f'"{sys.executable}" -m app --data "{tmp_path}" --help | head -n 1'
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.stderr == ""


def test_exit_codes_are_the_contracts():
    assert [int(code) for code in Exit] == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["words", "import", "a.csv"], "--list is missing"),
        (["words", "list", "brands"], "brands is not known here"),
        (["list", "--store"], "a value is missing after --store"),
        (["lst"], "COMMAND cannot be 'lst'; it can be 'market', 'store'"),
        (["list", "--store", "A", "--limit", "many"], "the value of --limit cannot be read: 'many'"),
        (["undo", "--data"], "a value is missing after --data"),
    ],
)
def test_what_is_wrong_with_the_grammar_is_said_in_our_words(arguments, told):
    for language in ("zh", "en"):
        messages.language = language
        with pytest.raises(UsageError) as caught:
            make_parser(arguments).parse_args(arguments)
        detail = str(caught.value.params["detail"])
        assert detail.startswith(told) if language == "en" else not detail.isascii()


def test_a_sentence_of_a_later_python_stays_as_it_is():
    with pytest.raises(UsageError) as caught:
        make_parser().error("something quite new")
    assert caught.value.params["detail"] == "something quite new"
