"""The machine's own nginx and haproxy with the recipes of `.deploy/`, on ports of their own; and a certificate for TLS."""

from __future__ import annotations

import ipaddress
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from sandbox.core.clock import WallClock
from sandbox.core.entropy import private_key
from tests.support.needs import need, program
from tests.support.paths import ROOT
from tests.support.waiting import until

RECIPES = ROOT / ".deploy"
MAIN = """
daemon off; pid {folder}/pid; error_log {folder}/log; worker_processes 1;
events {{ worker_connections 512; }}
http {{
    access_log off; gzip on; gzip_proxied any;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    {recipe}
}}
"""


def recipe(name: str, *pairs: tuple[str, str]) -> str:
    """A file of `.deploy/` with other words; each of the old ones must be there."""
    text = (RECIPES / name).read_text(encoding="utf-8")
    for old, new in pairs:
        assert old in text, f"{name} has no {old!r}"
        text = text.replace(old, new)
    return text


@contextmanager
def nginx(text: str, port: int) -> Iterator[None]:
    """nginx with this inside `http { }`, until the block ends."""
    need("nginx")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "nginx.conf"
        file.write_text(MAIN.format(folder=folder, recipe=text), encoding="utf-8")
        with _running([program("nginx") or "", "-c", str(file), "-e", f"{folder}/log"], port):
            yield


@contextmanager
def haproxy(text: str, port: int) -> Iterator[None]:
    """haproxy with this configuration, until the block ends."""
    need("haproxy")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "haproxy.cfg"
        file.write_text(text, encoding="utf-8")
        with _running([program("haproxy") or "", "-db", "-f", str(file)], port):
            yield


@contextmanager
def _running(command: list[str], port: int) -> Iterator[None]:
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    try:
        until(lambda: process.poll() is not None or listens(port), f"{command[0]} at port {port}")
        assert process.poll() is None, process.communicate(timeout=60)[1]
        yield
    finally:
        process.terminate()
        process.communicate(timeout=60)


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that signs itself, and its key."""
    key, now = private_key("0", "proxy", "ES256"), datetime.fromtimestamp(WallClock().now(), UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, SHA256())
    )
    paths = folder / "cert.pem", folder / "key.pem"
    paths[0].write_bytes(made.public_bytes(Encoding.PEM))
    paths[1].write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return paths


def listens(port: int) -> bool:
    """Whether somebody takes connections there."""
    with socket.socket() as s:
        s.settimeout(1)
        return s.connect_ex(("127.0.0.1", port)) == 0
