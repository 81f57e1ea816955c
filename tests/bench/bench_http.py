"""Code flows per second over loopback HTTP: ours against servers that others wrote, in alternation.  `python -m tests.bench.bench_http`.

One keep-alive connection, one worker, sequential flows, each with a fresh browser: code + PKCE, whatever forms are in the way,
token request; state, iss and ID token are checked.  Peers do unequal work, which the table says.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import os
import re
import secrets
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPMessage
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

import pytest

from tests.bench import control
from tests.bench.bench_sessions import cpu, memory
from tests.support.paths import ROOT
from tests.support.real import CALLBACK, node_issuer, npm

KNOWN = {"username": "alice", "login": "alice", "sub": "alice", "password": "wonderland"}
_FORM = re.compile(r"<form[^>]*>.*?</form>", re.DOTALL | re.IGNORECASE)
_FIELD = re.compile(r"<(?:input|button)[^>]*>", re.IGNORECASE)


def attribute(tag: str, name: str) -> str:
    found = re.search(rf'\s{name}=(?:"([^"]*)"|([^\s>]+))', tag)
    return (found[1] or found[2] or "") if found else ""


@dataclass
class Server:
    """One server under measurement.  `issuer`: where its metadata are; `about`: what it does that others do not, or the reverse."""

    name: str
    issuer: str
    client: str
    about: str
    pid: int
    secret: str = ""
    rates: list[float] = field(default_factory=list)
    spent: float = 0.0  # CPU time of the server for one sign-in, in milliseconds; until then, what it had used before
    requests: int = 0
    alg: str = ""

    def __post_init__(self) -> None:
        u = urlsplit(self.issuer)
        self.connection = HTTPConnection(u.hostname or "", u.port, timeout=20)
        status, _, body = self.send("GET", f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
        assert status == 200, f"{self.name} has no metadata"
        self.at: dict[str, Any] = json.loads(body)

    def send(self, method: str, url: str, body: str | None = None, **headers: str) -> tuple[int, HTTPMessage, str]:
        u = urlsplit(url)
        more = {"content-type": "application/x-www-form-urlencoded"} if body is not None else {}
        target = (u.path or "/") + (f"?{u.query}" if u.query else "")
        try:
            self.connection.request(method, target, body, headers | more)
            answer = self.connection.getresponse()
        except ConnectionError:  # closed while others were measured
            self.connection.close()
            self.connection.request(method, target, body, headers | more)
            answer = self.connection.getresponse()
        self.requests += 1
        return answer.status, answer.headers, answer.read().decode()

    def flow(self) -> None:
        """One sign-in of a fresh browser; raises if anything about it is wrong."""
        verifier, state = secrets.token_urlsafe(32), secrets.token_urlsafe(12)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        asked = {"response_type": "code", "client_id": self.client, "redirect_uri": CALLBACK, "scope": "openid profile", "state": state}
        asked |= {"nonce": state, "code_challenge": challenge, "code_challenge_method": "S256"}
        back = dict(parse_qsl(urlsplit(self.browse(f"{self.at['authorization_endpoint']}?{urlencode(asked)}")).query))
        assert back["state"] == state
        assert back.get("iss", self.at["issuer"]) == self.at["issuer"]
        fields = {"grant_type": "authorization_code", "code": back["code"], "redirect_uri": CALLBACK, "code_verifier": verifier}
        who = {"client_id": self.client} | ({"client_secret": self.secret} if self.secret else {})
        status, _, body = self.send("POST", self.at["token_endpoint"], urlencode(fields | who))
        assert status == 200, body
        head, claims = (json.loads(base64.urlsafe_b64decode(p + "==")) for p in json.loads(body)["id_token"].split(".")[:2])
        assert claims["nonce"] == state
        self.alg = head["alg"]

    def browse(self, url: str) -> str:
        """Follow and fill in, until sent to the client."""
        jar: dict[str, str] = {}
        method, body = "GET", None
        for _ in range(12):
            cookies = {"cookie": "; ".join(f"{n}={v}" for n, v in jar.items())} if jar else {}
            status, headers, page = self.send(method, url, body, **cookies)
            for line in headers.get_all("set-cookie") or []:
                name, _, value = line.partition(";")[0].partition("=")
                jar[name] = value
            if 300 <= status < 400:
                url, method, body = urljoin(url, str(headers["location"])), "GET", None
                if url.startswith(CALLBACK):
                    return url
                continue
            form = _FORM.search(page)
            assert form, f"{self.name}: {url} -> {status} {page[:300]}"
            url, method, body = urljoin(url, attribute(form[0].partition(">")[0] + ">", "action")), "POST", self.fill(form[0])
        raise AssertionError(f"{self.name}: too many pages")

    def fill(self, form: str) -> str:
        fields: dict[str, str] = {}
        for tag in _FIELD.findall(form):
            name, value = attribute(tag, "name"), attribute(tag, "value")
            if name and name not in fields and not re.search(r"deny|cancel|abort", value.lower()):
                fields[name] = value or KNOWN.get(name, "")
        return urlencode(fields)

    def round(self, flows: int) -> None:
        start = time.perf_counter()
        for _ in range(flows):
            self.flow()
        self.rates.append(flows / (time.perf_counter() - start))

    def seconds(self) -> float:
        """CPU time of the server so far."""
        return cpu(self.pid)

    def memory(self) -> float:
        """Resident memory of the server in MiB."""
        return memory(self.pid)


@contextmanager
def process(command: list[str], ready: str, folder: Path, **env: str) -> Iterator[tuple[int, str]]:
    """A server in a process of its own; yields its pid and the line that says it is ready."""
    running = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=os.environ | env)
    assert running.stdout is not None
    try:
        lines: list[str] = []
        for line in running.stdout:
            lines.append(line)
            if re.search(ready, line):
                break
        else:
            raise OSError("".join(lines)[-300:])
        threading.Thread(target=running.stdout.read, daemon=True).start()  # a full pipe would stop a server that logs
        yield running.pid, lines[-1]
    finally:
        running.terminate()
        running.wait(timeout=20)


@contextmanager
def ours(alg: str) -> Iterator[Server]:
    command = [sys.executable, "-c", "from sandbox.cli.serve import serve; serve()", "--port", "0", "--quiet", "--alg", alg]
    with process(command, r"serves .* at http", ROOT) as (pid, line):
        base = re.search(r"http://[\d.:]+", line)
        assert base
        yield Server("oauth-sandbox", f"{base[0]}/auth", "app", "login form; PKCE, client and redirect URI checked; rotation", pid)


@contextmanager
def oauth2_mock_server(alg: str) -> Iterator[Server]:
    text = "const s = new (await import('oauth2-mock-server')).OAuth2Server(); await s.issuer.keys.generate(process.argv[1]);"
    text += "await s.start(0, '127.0.0.1'); console.log('ready', s.issuer.url);"
    with process(["node", "--input-type=module", "-e", text, alg], "^ready", npm()) as (pid, line):
        yield Server(
            "oauth2-mock-server",
            line.split()[1].replace("localhost", "127.0.0.1"),
            "app",
            "no login; accepts any client and redirect URI",
            pid,
        )


@contextmanager
def oidc_provider(alg: str) -> Iterator[Server]:
    with node_issuer(alg, CALLBACK) as issuer:
        port = urlsplit(issuer).port
        pid = next(int(p) for p in os.listdir("/proc") if p.isdigit() and listens(int(p), port or 0))
        yield Server("oidc-provider", issuer, "spa", "login and consent; the certified one", pid)


def listens(pid: int, port: int) -> bool:
    """Whether this process is the node that listens on that port."""
    try:
        if b"oidc_provider" not in Path(f"/proc/{pid}/cmdline").read_bytes():
            return False
        inodes = {line.split()[9] for line in Path(f"/proc/{pid}/net/tcp").read_text().splitlines() if f":{port:04X} 00000000" in line}
        return any(os.readlink(f) == f"socket:[{i}]" for f in Path(f"/proc/{pid}/fd").iterdir() for i in inodes)
    except OSError:
        return False


@contextmanager
def oidc_provider_mock(_: str) -> Iterator[Server]:
    folder = ROOT / ".venv" / "peers"
    if not (folder / "oidc_provider_mock").is_dir():
        command = [
            sys.executable,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--target",
            str(folder),
            "oidc-provider-mock",
        ]
        subprocess.run(command, check=True, capture_output=True, timeout=180)
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    command = [sys.executable, "-m", "oidc_provider_mock", "--port", str(port)]
    with process(command, r"running|Running|Started", folder, PYTHONPATH=str(folder), PYTHONUNBUFFERED="1") as (pid, _line):
        yield Server("oidc-provider-mock", f"http://127.0.0.1:{port}", "app", "login form; no PKCE", pid, "any-secret")


PEERS: tuple[tuple[Callable[[str], Any], str], ...] = (
    (ours, "ES256"),
    (oauth2_mock_server, "ES256"),
    (oidc_provider, "ES256"),
    (ours, "RS256"),
    (oauth2_mock_server, "RS256"),
    (oidc_provider, "RS256"),
    (oidc_provider_mock, "RS256"),
)


def measured(rounds: int, flows: int) -> list[Server]:
    """All servers that can be started, each measured in every round, in changing order."""
    with ExitStack() as stack:
        servers: list[Server] = []
        for start, alg in PEERS:
            try:
                servers.append(stack.enter_context(start(alg)))
                servers[-1].flow()
            except (OSError, AssertionError, subprocess.SubprocessError, StopIteration, pytest.skip.Exception) as error:
                print(f"left out: {start.__name__} {alg}: {str(error)[:200]}", file=sys.stderr)
                servers = [s for s in servers if s.alg]
        for server in servers:
            server.round(max(5, flows // 5))
            server.rates.clear()
            server.requests, server.spent = 0, server.seconds()
        for n in range(rounds):
            for server in servers if n % 2 == 0 else reversed(servers):
                server.round(flows)
        for server in servers:
            server.spent = 1000 * (server.seconds() - server.spent) / (rounds * flows)
            server.requests //= rounds * flows
            server.about = f"{server.memory():5.0f} MiB  {server.about}"
            server.connection.close()
        return servers


def table(servers: list[Server]) -> Iterator[str]:
    """Median, range and ratio to ours with the same algorithm."""
    yield f"{'server':<20}{'alg':>6}{'flows/s':>9}{'min':>7}{'max':>7}{'to ours':>9}{'CPU ms':>8}{'requests':>10}    memory"
    base = {s.alg: statistics.median(s.rates) for s in reversed(servers) if s.name == "oauth-sandbox"}
    for s in servers:
        rate = statistics.median(s.rates)
        yield (
            f"{s.name:<20}{s.alg:>6}{rate:>9.0f}{min(s.rates):>7.0f}{max(s.rates):>7.0f}{rate / base.get(s.alg, rate):>9.2f}"
            f"{s.spent:>8.2f}{s.requests:>10}{s.about}"
        )


AIMS = (("oauth2-mock-server", 1.0), ("oidc-provider", 3.0))  # how many sign-ins of ours there should be for one of theirs


def aims(servers: list[Server]) -> Iterator[str]:
    """How far ahead ours is; where others use the machine, too, the CPU time of a server says more than the clock."""
    ours = {s.alg: s for s in servers if s.name == "oauth-sandbox"}
    for peer in servers:
        aim = dict(AIMS).get(peer.name)
        if aim is not None and peer.alg in ours:
            mine = ours[peer.alg]
            clock, work = statistics.median(mine.rates) / statistics.median(peer.rates), peer.spent / mine.spent
            yield f"ours to {peer.name}, {peer.alg}: x {clock:.2f} by the clock, x {work:.2f} by CPU time; aim: more than x {aim:g}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--flows", type=int, default=60, help="per round and server")
    options = parser.parse_args()
    print(control.line())
    servers = measured(options.rounds, options.flows)
    print("\n".join([*table(servers), "", *aims(servers), control.line()]))


if __name__ == "__main__":
    main()
