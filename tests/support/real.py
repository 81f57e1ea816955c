"""The parties over real HTTP in a process of their own, a person with a browser, and packages from npm: for the tests that need them."""

from __future__ import annotations

import fcntl
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

import requests
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from sandbox.core.entropy import private_key
from tests.support.needs import need
from tests.support.paths import DATA, ROOT

CALLBACK = "http://127.0.0.1:9999/cb"  # nobody listens there: the person stops in time
PASSWORDS = {"alice": "wonderland", "mallory": "trustno1"}
PUBLIC, SECRET = "spa", "a-secret-of-the-web-client"
CLIENTS = ("--client", f"{PUBLIC}={CALLBACK}", "--client", f"web:{SECRET}={CALLBACK}")
PACKAGES = (
    "openid-client@6",
    "oidc-provider@9",
    "oauth2-mock-server@8",
    "oidc-client-ts@3",
    "express-openid-connect@2",
    "express@4",
    "jose@6",
    "oauth4webapi@3",
    "passport-openidconnect@0.1",
    "axe-core@4",
)


@contextmanager
def served(*options: str, says: str = "") -> Iterator[str]:
    """`oauth-sandbox serve` with these options until the block ends; yields its address.  On standard error stands `says`, or nothing."""
    with started(*options, says=says) as (base, _):
        yield base


@contextmanager
def started(*options: str, says: str = "", first: str = "") -> Iterator[tuple[str, int]]:
    """The same; yields the process id, too.  `first`: a line of Python that is run before."""
    with _running(*options, says=says, first=first) as (base, process):
        yield base, process.pid


@contextmanager
def operated(*options: str) -> Iterator[tuple[str, dict[str, str]]]:
    """The same; yields the header with which the operator asks, as it is printed."""
    with _running(*options) as (base, process):
        assert process.stdout is not None
        word = None
        while word is None:
            line = process.stdout.readline()
            assert line, "the operator's word is printed"
            word = re.search(r"/operator/.* -H 'Authorization: (Bearer \S+)'", line)
        yield base, {"Authorization": word[1]}


@contextmanager
def _running(*options: str, says: str = "", first: str = "") -> Iterator[tuple[str, subprocess.Popen[str]]]:
    command = [sys.executable, "-c", f"{first}\nfrom sandbox.cli.serve import serve; serve()", "--port", "0", "--quiet", *options]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        found = re.search(r"http://\S+?(?=/ )", line)
        assert found, f"{line}{process.communicate(timeout=60)[1]}"
        yield found[0], process
    finally:
        process.terminate()
        _, err = process.communicate(timeout=60)
        assert says in err
        assert says or not err, err


def metadata(base: str) -> dict[str, Any]:
    """What the authorization server says about itself."""
    found: dict[str, Any] = requests.get(f"{base}/auth/.well-known/openid-configuration", timeout=60).json()
    return found


class Person:
    """Somebody with a browser who follows redirects and fills in what is asked, until sent to an address that starts with `end`."""

    def __init__(self, name: str = "alice", end: str = CALLBACK) -> None:
        self.name, self.end, self.browser, self.password = name, end, requests.Session(), PASSWORDS[name]

    def visit(self, url: str) -> str:
        """The address at which the person ends."""
        with self.browser:
            return self._go(url)

    def _go(self, url: str) -> str:
        answer = self.browser.get(url, allow_redirects=False, timeout=60)
        for _ in range(12):
            if answer.is_redirect:
                target = urljoin(answer.url, answer.headers["location"])
                if target.startswith(self.end):
                    return target
                answer = self.browser.get(target, allow_redirects=False, timeout=60)
            else:
                form = Forms.on(answer)
                known = {"username": self.name, "login": self.name, "password": self.password}
                fields = {name: value or known.get(name, "") for name, value in form["fields"].items()}
                answer = self.browser.post(urljoin(answer.url, form["action"]), fields, allow_redirects=False, timeout=60)
        raise AssertionError(f"never sent to {self.end}")


class Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[dict[str, Any]] = []

    @classmethod
    def on(cls, answer: requests.Response) -> dict[str, Any]:
        """The first form of the page."""
        reader = cls()
        reader.feed(answer.text)
        assert reader.found, f"{answer.url} -> {answer.status_code} {answer.text[-400:]}"
        return reader.found[0]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {k: v or "" for k, v in attrs}
        if tag == "form":
            self.found.append({"action": values.get("action", ""), "fields": {}})
        elif tag == "input" and values.get("name"):
            self.found[-1]["fields"][values["name"]] = values.get("value", "")


def parameters(url: str) -> dict[str, str]:
    """The query of an address."""
    return dict(parse_qsl(urlsplit(url).query))


def address(url: str, **query: str) -> str:
    return f"{url}?{urlencode(query)}"


def npm() -> Path:
    """A folder in which the packages from npm are installed; they are loaded once and stay in .venv.  The test needs node."""
    need("node")
    place = ROOT / ".venv" if (ROOT / ".venv").is_dir() else Path(tempfile.gettempdir()) / "oauth-sandbox"
    folder = place / "npm"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # another worker may be at it
        if not all((folder / "node_modules" / name.split("@")[0] / "package.json").is_file() for name in PACKAGES):
            command = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(folder), *PACKAGES]
            result = subprocess.run(command, capture_output=True, text=True, timeout=180, check=False)
            if result.returncode:
                need("node", f"npm install failed: {result.stderr.strip()[-200:]}")
    return folder


def script(name: str) -> Path:
    """A script of tests/data/interop, where node finds the packages beside it."""
    return Path(shutil.copy(DATA / "interop" / name, npm()))


@contextmanager
def node_issuer(alg: str, *redirect_uris: str) -> Iterator[str]:
    """oidc-provider from npm until the block ends; yields its issuer."""
    program = script("oidc_provider.mjs")
    process = subprocess.Popen(["node", str(program), alg, *redirect_uris], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        issuer = process.stdout.readline().strip()
        while issuer and not issuer.startswith("http"):
            issuer = process.stdout.readline().strip()  # it warns about its own experimental features first
        assert issuer, process.communicate(timeout=60)[1]
        yield issuer
    finally:
        process.terminate()
        process.communicate(timeout=60)


@contextmanager
def django_issuer(*redirect_uris: str) -> Iterator[str]:
    """django-oauth-toolkit from PyPI until the block ends; yields its issuer.  Its person is alice, with her password of PASSWORDS."""
    command = [sys.executable, str(DATA / "interop" / "django_issuer.py"), " ".join(redirect_uris), SECRET, PASSWORDS["alice"]]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(private_key("0", "django", "RS256").private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode())
        process.stdin.close()
        process.stdin = None  # `communicate` would flush it
        issuer = process.stdout.readline().strip()
        assert issuer, process.communicate(timeout=60)[1]
        yield issuer
    finally:
        process.terminate()
        process.communicate(timeout=60)
