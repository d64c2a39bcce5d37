"""The program's own source, read once: what the rules of the house are checked against."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NOT_EVERYWHERE = ("TYPE_CHECKING", "sys.platform", "os.name")
"""What a module-level `if` asks before it imports something that not every start or system has."""


@dataclass(frozen=True)
class Module:
    """A parsed file; `name` is dotted, such as `app.services.tasks`; blank lines do not count."""

    path: Path
    name: str
    tree: ast.Module
    lines: int
    text: str

    def __str__(self) -> str:
        return self.path.relative_to(ROOT).as_posix()

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """Every node of the tree."""
        return tuple(ast.walk(self.tree))

    @cached_property
    def imported(self) -> tuple[tuple[str, int, bool], ...]:
        """See `imports`."""
        top = {id(node) for node in _outside_functions(self.tree)}
        return tuple(
            (name, node.lineno, id(node) in top)
            for node in self.nodes
            if isinstance(node, ast.Import | ast.ImportFrom)
            for name in _names(self, node)
        )


def modules(*folders: str) -> tuple[Module, ...]:
    """All Python files below *folders* of the checkout, or the files themselves."""
    paths = [ROOT / folder for folder in folders]
    files = [file for path in paths for file in (sorted(path.rglob("*.py")) if path.is_dir() else [path])]
    return tuple(_parsed(file) for file in files)


@cache
def _parsed(file: Path) -> Module:
    text = file.read_text("utf-8")
    name = file.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".").removesuffix(".__init__")
    return Module(file, name, ast.parse(text), len(list(filter(str.strip, text.split("\n")))), text)


def imports(module: Module) -> tuple[tuple[str, int, bool], ...]:
    """Dotted names a module imports, the line, and whether that happens when the module itself is imported."""
    return module.imported


def _names(module: Module, node: ast.Import | ast.ImportFrom) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [f"{_absolute(module, node)}.{alias.name}" for alias in node.names]


def _absolute(module: Module, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    inside = module.name.split(".") if module.path.name == "__init__.py" else module.name.split(".")[:-1]
    base = inside[: len(inside) - node.level + 1]
    return ".".join([*base, node.module] if node.module else base)


def _outside_functions(tree: ast.AST) -> Iterator[ast.AST]:
    """Nodes that run at every import, on every system."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(node, ast.If) and any(word in ast.unparse(node.test) for word in NOT_EVERYWHERE):
            continue
        yield node
        yield from _outside_functions(node)


def functions(module: Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function and method."""
    return (node for node in module.nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def docstrings(module: Module) -> set[int]:
    """Ids of the nodes that are docstrings, also those of assignments."""
    found = set()
    for node in module.nodes:
        body = getattr(node, "body", None)
        if isinstance(body, list):
            found |= {id(item.value) for item in body if isinstance(item, ast.Expr)}
    return found


def is_within(name: str, *packages: str) -> bool:
    """Whether a dotted name is one of *packages* or inside one."""
    return any(name == package or name.startswith(f"{package}.") for package in packages)


@cache
def project_files() -> tuple[Path, ...]:
    """Files that belong to the project: what git knows or would add; without git, what is there."""
    listed = subprocess.run(
        ["git", "-C", ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        capture_output=True,
        check=False,
    )
    if listed.returncode == 0:
        paths = (ROOT / name for name in listed.stdout.decode().split("\0") if name)
        return tuple(path for path in paths if path.is_file())
    hidden = {".git", ".venv", "build", "dist", "__pycache__", ".mypy_cache", ".ruff_cache", ".hypothesis", "shots"}
    return tuple(path for path in ROOT.rglob("*") if path.is_file() and not hidden & set(path.relative_to(ROOT).parts))
