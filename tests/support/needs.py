"""Programs and fonts that a test needs and a machine may lack: the one place where a test is skipped.

OAUTH_SANDBOX_CI names those that the machine promises ("chromium node"): a test that lacks one of them fails there.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

PROMISED = "OAUTH_SANDBOX_CI"
FONTS = Path("/usr/share/fonts")
SYSTEM = "/usr/sbin"


class Need(NamedTuple):
    """A program or a set of files: how to find out whether it is here, and how to get it."""

    here: Callable[[], bool]
    cure: str


BROWSERS = ("chromium-headless-shell", "chromium", "google-chrome")  # the first is the same without a desktop's window, and quicker


def chromium() -> str | None:
    """Path of a browser that Playwright can drive."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)


def program(name: str) -> str | None:
    """Path of a program of the system's; those for its administrators lie apart."""
    return shutil.which(name) or shutil.which(name, path=SYSTEM)


def firefox() -> str | None:
    """Path of Firefox, the release with long support or another."""
    return program("firefox-esr") or program("firefox")


MINI_BROWSER = next(map(str, Path("/usr/lib").glob("*/webkit2gtk-4*/MiniBrowser")), "")  # a window around WebKitGTK


def fonts() -> bool:
    """Three sans-serif families: DejaVu Sans is wide, Liberation Sans has the metrics of Arial, Open Sans is close to Segoe UI."""
    return all(any(FONTS.rglob(name)) for name in ("DejaVuSans.ttf", "LiberationSans-Regular.ttf", "OpenSans-Regular.ttf"))


NEEDS = {
    "chromium": Need(lambda: bool(chromium()), "install chromium, or set CHROMIUM to its path"),
    "curl": Need(lambda: bool(shutil.which("curl")), "install curl"),
    "firefox": Need(lambda: bool(firefox()), "install firefox-esr"),
    "fonts": Need(fonts, "install fonts-dejavu-core, fonts-liberation and fonts-open-sans"),
    "haproxy": Need(lambda: bool(program("haproxy")), "install haproxy"),
    "nginx": Need(lambda: bool(program("nginx")), "install nginx-light"),
    "redis": Need(lambda: bool(shutil.which("redis-server")), "install redis-server"),
    "webkit": Need(lambda: bool(MINI_BROWSER and program("WebKitWebDriver") and program("Xvfb")), "install webkit2gtk-driver and xvfb"),
    "node": Need(lambda: bool(shutil.which("node") and shutil.which("npm")), "install node and npm"),
}


def need(name: str, why_not: str = "") -> None:
    """Skip the test if the machine lacks this, or fail it if the machine has promised it.

    `why_not`: the reason that the caller found, for example the last words of a failed `npm install`.
    """
    if not why_not and NEEDS[name].here():
        return
    reason = f"needs {name}: {why_not or NEEDS[name].cure}"
    if name in os.environ.get(PROMISED, "").split():
        pytest.fail(f"{reason} ({PROMISED} promises it)", pytrace=False)
    pytest.skip(reason)
