"""What is shipped and what is not."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from PIL import Image

from installer.bundle import EXCLUDED_MODULES, data_files, is_needed, needed, runtime_packages, version_resource
from installer.icon import SIZES, write_icon

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize(
    "name",
    [
        "PySide6/plugins/platforms/qwindows.dll",
        "PySide6/plugins/platforms/qoffscreen.dll",
        "PySide6/plugins/styles/qmodernwindowsstyle.dll",
        "PySide6\\plugins\\iconengines\\qsvgicon.dll",
        "PySide6/plugins/imageformats/qjpeg.dll",
        "PySide6/plugins/tls/qschannelbackend.dll",
        "PySide6/Qt6Svg.dll",
        "PySide6/Qt6Core.dll",
        "PySide6/QtWidgets.pyd",
        "PySide6/translations/qtbase_zh_CN.qm",
        "resources/translations/window.json",
        "resources/icons/app-mark.svg",
        "sqlite3.dll",
        "numpy.libs/libopenblas.dll",
    ],
)
def test_what_the_program_loads_is_shipped(name: str) -> None:
    assert is_needed(name)


@pytest.mark.parametrize(
    "name",
    [
        "PySide6/opengl32sw.dll",
        "PySide6/Qt6Quick.dll",
        "PySide6\\Qt6QmlModels.dll",
        "PySide6/qml/QtQuick/Controls/x.qml",
        "PySide6/translations/qtbase_de.qm",
        "PySide6/translations/assistant_zh_CN.qm",
        "PySide6/metatypes/qt6core.json",
        "PySide6/designer.exe",
        "PySide6/QtCore.pyi",
        "PySide6/plugins/sqldrivers/qsqlite.dll",
    ],
)
def test_what_nothing_loads_stays_out(name: str) -> None:
    assert not is_needed(name)


def test_tables_of_contents_are_filtered_by_name() -> None:
    entries = [("PySide6/Qt6Qml.dll", "C:/q.dll", "BINARY"), ("PySide6/Qt6Gui.dll", "C:/g.dll", "BINARY")]
    assert needed(entries) == entries[1:]


def test_no_excluded_module_is_imported() -> None:
    """An exclusion would otherwise show as a crash on the user's machine."""
    imported = set()
    for path in (ROOT / "app").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                imported |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    assert not imported & set(EXCLUDED_MODULES)


def test_data_files_are_all_that_is_not_code() -> None:
    pairs = data_files(ROOT)
    assert all(Path(source).exists() for source, _ in pairs)
    shipped = {Path(source).relative_to(ROOT).as_posix() for source, _ in pairs}
    beside_code = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "app").rglob("*")
        if path.is_file() and path.suffix not in (".py", ".pyc", ".pyi") and path.name != "py.typed"
    }
    assert beside_code <= shipped
    assert "resources" in shipped
    assert any(name.startswith("app/models/migrations/versions/0001") for name in shipped)


def test_data_files_keep_their_folder() -> None:
    for source, folder in data_files(ROOT):
        if folder not in (".", "resources"):
            assert (ROOT / folder / Path(source).name) == Path(source)


@pytest.mark.parametrize(
    ("version", "numbers"),
    [("0.1.0", (0, 1, 0, 0)), ("1.2.3.4", (1, 2, 3, 4)), ("2.0", (2, 0, 0, 0)), ("1.4.0rc2", (1, 4, 0, 2))],
)
def test_version_resource_says_the_version(version: str, numbers: tuple[int, ...]) -> None:
    tree = ast.parse(version_resource(version), mode="eval")
    call = tree.body
    assert isinstance(call, ast.Call)
    fixed = next(keyword.value for keyword in call.keywords if keyword.arg == "ffi")
    given = {keyword.arg: ast.literal_eval(keyword.value) for keyword in fixed.keywords}  # type: ignore[attr-defined]
    assert given["filevers"] == given["prodvers"] == numbers
    assert f"StringStruct('ProductVersion', '{version}')" in version_resource(version)


def test_icon_has_every_size(tmp_path: Path, qapp: object) -> None:
    write_icon(ROOT / "resources" / "icons" / "app-mark.svg", tmp_path / "a.ico")
    with Image.open(tmp_path / "a.ico") as icon:
        assert icon.info["sizes"] == {(size, size) for size in SIZES}
        small = icon.ico.getimage((16, 16)).convert("RGBA")  # type: ignore[attr-defined]
    red, green, blue, alpha = small.getpixel((8, 2))
    assert alpha == 255
    assert red > 150 > max(green, blue)


@pytest.mark.qt_log_ignore("Cannot read file")
def test_a_file_that_is_no_drawing_is_refused(tmp_path: Path, qapp: object) -> None:
    (tmp_path / "no.svg").write_text("<svg", "utf-8")
    with pytest.raises(ValueError, match=r"no\.svg"):
        write_icon(tmp_path / "no.svg", tmp_path / "a.ico")


def test_runtime_packages_are_the_projects_own(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        '[project]\ndependencies = ["A-b>=1,<2; python_version < \'3.12\'", "A-b>=3", "c.d", "e_f==1"]\n', "utf-8"
    )
    assert runtime_packages(tmp_path) == ["A-b", "c.d", "e_f"]
    assert {"PySide6-Essentials", "SQLAlchemy", "keyring"} <= set(runtime_packages(ROOT))
