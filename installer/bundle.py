"""What goes into the folder that is shipped, and what stays out (reference/packaging.md 3)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from pathlib import Path

NAME = "Shangjia"
CONSOLE_NAME = "shangjia-cli"
"""The same program with standard output, for the commands: a windowed program on Windows has none."""

EXCLUDED_MODULES = (
    "tkinter",
    "pytest",
    "_pytest",
    "hypothesis",
    "mypy",
    "ruff",
    "IPython",
    "matplotlib",
    "PySide6.QtDesigner",
    "PySide6.QtHelp",
    "PySide6.QtQml",
    "PySide6.QtQuick",
    "PySide6.QtQuickWidgets",
    "PySide6.QtSql",
    "PySide6.QtTest",
)

UNNEEDED = re.compile(
    r"""
    opengl32sw\.dll$                        # software OpenGL, 20 MB; widgets draw without OpenGL
    | Qt6?(Quick|Qml|Designer|Sql|Test|Help|VirtualKeyboard|ShaderTools|LabsAnimation)
    | PySide6/(qml|metatypes|resources|include|typesystems|glue|scripts|doc)/
    | PySide6/Qt/(qml|metatypes|resources)/
    | PySide6/[^/]+\.(exe|pyi)$
    | translations/(?!qtbase_(zh_CN|en)\.qm)[^/]*\.qm$
    | plugins/(sqldrivers|qmltooling|designer|virtualkeyboard|multimedia|canbus|position|sensors)/
    """,
    re.VERBOSE | re.IGNORECASE,
)
"""Names inside the bundle, with forward slashes, that nothing in the program loads."""


def is_needed(name: str) -> bool:
    """Whether the file *name* of the bundle is shipped."""
    return not UNNEEDED.search(name.replace("\\", "/"))


def needed(entries: Iterable[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """The entries of a PyInstaller table of contents that are shipped."""
    return [entry for entry in entries if is_needed(entry[0])]


def data_files(root: Path) -> list[tuple[str, str]]:
    """Files beside the code, as pairs of source and folder in the bundle: resources, and what packages keep as data."""
    pairs = [(str(root / "resources"), "resources"), (str(root / "LICENSE"), ".")]
    for package in ("app/models/migrations", "app/practice_market", "app/samples"):
        for file in sorted((root / package).rglob("*")):
            # Alembic reads migrations from disk; the others hold JSON and SQL.
            wanted = file.suffix in (".json", ".sql") or (file.suffix == ".py" and "migrations" in file.parts)
            if file.is_file() and wanted:
                pairs.append((str(file), file.parent.relative_to(root).as_posix()))
    return pairs


def runtime_packages(root: Path) -> list[str]:
    """Distributions the program needs, whose names and versions `doctor` shows and so must be in the bundle."""
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    return sorted({re.split(r"[^A-Za-z0-9_.-]", line)[0] for line in project["dependencies"]})


def version_resource(version: str) -> str:
    """The text PyInstaller turns into the version resource of the program (what Explorer shows under Details)."""
    numbers = [int(part) for part in re.findall(r"\d+", version)[:4]]
    four = tuple(numbers + [0] * (4 - len(numbers)))
    strings = {
        "CompanyName": "Shangjia contributors",
        "FileDescription": "Shangjia 上架",
        "FileVersion": version,
        "InternalName": NAME,
        "LegalCopyright": "MIT License",
        "OriginalFilename": f"{NAME}.exe",
        "ProductName": NAME,
        "ProductVersion": version,
    }
    shown = ", ".join(f"StringStruct({key!r}, {value!r})" for key, value in strings.items())
    # 0804 is simplified Chinese, 0x04b0 (1200) Unicode.
    return (
        f"VSVersionInfo(ffi=FixedFileInfo(filevers={four}, prodvers={four}, mask=0x3f, flags=0x0, OS=0x40004, "
        f"fileType=0x1, subtype=0x0), kids=[StringFileInfo([StringTable('080404b0', [{shown}])]), "
        "VarFileInfo([VarStruct('Translation', [0x0804, 1200])])])\n"
    )
