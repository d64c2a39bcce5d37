"""A small checkout for the launcher's tests: real `venv`, real pip, one tiny wheel instead of the locked ones."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PYTHON = getattr(sys, "_base_executable", None) or sys.executable
TIMEOUT_S = 120

APP = """
import json, os, sys, tiny
print(json.dumps({"arguments": sys.argv[1:], "folder": os.getcwd(), "tiny": tiny.VERSION}))
sys.exit(int(os.environ.get("APP_EXIT", "0")))
"""
CHECK = """
import json, os, sys
name = __package__
print("ran", json.dumps([name, *sys.argv[1:]]), os.environ.get("QT_QPA_PLATFORM"), os.getcwd(), flush=True)
sys.exit(1 if name in os.environ.get("FAILING", "").split() else 0)
"""


def make_wheel(folder: Path, version: str) -> str:
    """A wheel with a module `tiny` and stand-ins for ruff, mypy and pytest; returns its requirement line."""
    files = {"tiny.py": f"VERSION = '{version}'\n"}
    for tool in ("ruff", "mypy", "pytest"):
        files[f"{tool}/__init__.py"] = ""
        files[f"{tool}/__main__.py"] = CHECK
    info = f"tiny-{version}.dist-info"
    files[f"{info}/METADATA"] = f"Metadata-Version: 2.1\nName: tiny\nVersion: {version}\n"
    files[f"{info}/WHEEL"] = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    files[f"{info}/RECORD"] = "".join(f"{name},,\n" for name in files)
    path = folder / f"tiny-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        for name, content in files.items():
            wheel.writestr(zipfile.ZipInfo(name), content)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return f"tiny @ {path.as_uri()} --hash=sha256:{digest}\n"


class Checkout:
    """A copy of the launcher with a program and a lock of its own, on a machine whose `apt-get` does nothing."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "checkout 上架"
        self.outside = folder / "outside"
        self.wheels = folder / "wheels"
        programs = folder / "bin"
        for path in (
            self.folder / "resources" / "translations",
            self.folder / "app",
            self.outside,
            self.wheels,
            programs,
        ):
            path.mkdir(parents=True)
        shutil.copy(ROOT / "run.py", self.folder)
        shutil.copytree(ROOT / "launcher", self.folder / "launcher", ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "resources" / "translations" / "launcher.json", self.folder / "resources" / "translations")
        (self.folder / "app" / "__init__.py").touch()
        (self.folder / "app" / "__main__.py").write_text(APP, "utf-8")
        self.lock = self.folder / "requirements.lock"
        self.lock.write_text(make_wheel(self.wheels, "1.0"), "utf-8")
        (programs / "apt-get").write_text("#!/bin/sh\nexit 100\n", "utf-8")
        (programs / "apt-get").chmod(0o755)
        keep = ("SYSTEMROOT", "TEMP", "TMP")
        self.environment = {name: os.environ[name] for name in keep if name in os.environ}
        self.environment |= {"PATH": str(programs), "HOME": str(folder), "LANG": "C.UTF-8", "PIP_NO_INDEX": "1"}
        self.stamp = self.folder / ".venv" / "shangjia.json"

    def start(self, *arguments: str, **variables: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [PYTHON, self.folder / "run.py", *arguments],
            cwd=self.outside,
            env={**self.environment, **variables},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            start_new_session=os.name == "posix",
        )

    def run(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        process = self.start(*arguments, **variables)
        out, err = process.communicate(timeout=TIMEOUT_S)
        return subprocess.CompletedProcess(arguments, process.returncode, out, err)
