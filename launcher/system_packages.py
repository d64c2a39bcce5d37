"""What must come from the operating system: Qt's shared libraries, a Chinese font, Debian's part of `venv`.

Windows and macOS bring all of it. Source of the lists: reference/packaging.md 6, tried on a bare Debian 12.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

from launcher.processes import run_helper
from launcher.speech import NotReady, say, tr

QT_LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libfontconfig.so.1": "libfontconfig1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libxkbcommon.so.0": "libxkbcommon0",
}
XCB_LIBRARIES = {
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
}
"""Shared library → Debian package that has it: what Qt always loads, and what it loads to show a window under X11."""

FONT_PACKAGE = "fonts-noto-cjk"
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts")
CHINESE_FONTS = ("cjk", "wqy", "sourcehan", "droidsansfallback", "uming", "ukai", "simsun", "msyh")
"""Parts of the file names of Chinese fonts, for machines without fontconfig's own programs."""

TEST_PROGRAMS = {"makensis": "nsis"}
"""What tests start, and the Debian package that has it: the installer's script is compiled."""

PATIENCE_S = (3, 10)
"""Pauses before `apt-get update` is tried again."""


def missing_packages() -> list[str]:
    """Debian packages this machine lacks for the program, sorted; empty on Windows and macOS."""
    packages = set(missing_libraries().values())
    if venv_missing():
        packages.add("python{}.{}-venv".format(*sys.version_info[:2]))
    if sys.platform == "linux" and not has_chinese_font():
        packages.add(FONT_PACKAGE)
    return sorted(packages)


def missing_libraries(*, offscreen: bool = False) -> dict[str, str]:
    """Libraries that Qt will ask for and the loader does not find, with their Debian packages. Only Linux can lack any.

    Args:
        offscreen: no window will be shown, so those of X11 do not count.
    """
    if sys.platform != "linux":
        return {}
    wanted = QT_LIBRARIES if offscreen else QT_LIBRARIES | XCB_LIBRARIES
    return {library: package for library, package in wanted.items() if not _loads(library)}


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def venv_missing() -> bool:
    """Whether `venv` cannot make an environment with pip: Debian keeps `ensurepip` in a package of its own."""
    return find_spec("ensurepip") is None or find_spec("venv") is None


def has_chinese_font() -> bool:
    """Whether a font with Chinese characters is installed, by fontconfig or else by the names of the files."""
    if shutil.which("fc-list"):
        listed = subprocess.run(["fc-list", ":lang=zh", "file"], capture_output=True, check=False)
        return bool(listed.stdout.strip())
    files = (file for folder in FONT_FOLDERS for file in Path(folder).expanduser().rglob("*.[ot]t[cf]"))
    return any(word in file.name.lower().replace("-", "") for file in files for word in CHINESE_FONTS)


def provide() -> None:
    """Install all that is missing, before the environment is made.

    Raises:
        NotReady: `venv` is still missing. The rest can wait until a window is wanted.
    """
    packages = missing_packages()
    if packages and not install(packages) and venv_missing():
        raise NotReady


def provide_test_programs() -> None:
    """Install what tests start, where we may; elsewhere these tests are left out and say why."""
    packages = [package for program, package in TEST_PROGRAMS.items() if not shutil.which(program)]
    if packages and shutil.which("apt-get") and _is_root():
        install(packages)


def require_libraries(*, offscreen: bool) -> None:
    """Qt's own message names one library at a time, ours the command for all.

    Raises:
        NotReady: some are missing and could not be installed. Without apt-get only a warning: other systems pack
            libraries otherwise, and a desktop may do without those of X11.
    """
    missing = missing_libraries(offscreen=offscreen)
    if missing and not install(sorted(set(missing.values()))) and shutil.which("apt-get"):
        raise NotReady


def install(packages: list[str]) -> bool:
    """Install Debian *packages* as root; anybody else is told the command. Returns whether they are there now."""
    names = " ".join(packages)
    if not shutil.which("apt-get"):
        say(tr("launcher.no_apt", libraries=", ".join(missing_libraries()), packages=names))
        return False
    if not _is_root():
        command = f"apt-get install -y --no-install-recommends {names}"
        say(tr("launcher.run_as_root", command=f"sudo apt-get update && sudo {command}"))
        return False
    say(tr("launcher.installing", packages=names))
    if _apt_install(packages):
        return True
    say(tr("launcher.apt_failed", packages=names))
    return False


def _is_root() -> bool:
    """Also on Windows, which has no apt-get."""
    return bool(getattr(os, "geteuid", int)() == 0)


def _apt_install(packages: list[str]) -> bool:
    apt = ("apt-get", "-q", "-o", "Dpkg::Use-Pty=0", "-o", "DPkg::Lock::Timeout=120", "-o", "Acquire::Retries=3")
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    for pause in (*PATIENCE_S, None):
        if not run_helper(*apt, "-o", "APT::Update::Error-Mode=any", "update", **quiet):
            break
        # After the last failure the old lists may still do: somebody's broken third-party source must not stop us.
        if pause is not None:
            time.sleep(pause)
    return not run_helper(*apt, "install", "-y", "--no-install-recommends", *packages, **quiet)
