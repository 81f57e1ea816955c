"""A server of a client's on this machine, with one page: its key set, or the document in which it describes itself."""

from __future__ import annotations

import json
import socket
import ssl
import threading
from contextlib import suppress
from datetime import UTC, datetime
from ipaddress import IPv4Address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from sandbox.core.entropy import private_key
from sandbox.protocol.tokens import Key


class Publisher:
    """`body`, `status` and `headers` are what it answers, `asked` counts; where `hangs` is set, it answers nothing until it is closed."""

    def __init__(self, path: str = "/jwks", tls: ssl.SSLContext | None = None) -> None:
        self.body, self.status, self.headers, self.asked, self.hangs = "", "200 OK", "Content-Type: application/json\r\n", 0, False
        self.closing, self.tls = threading.Event(), tls
        self.listening = socket.create_server(("127.0.0.1", 0))
        scheme, host = ("https", "localhost") if tls else ("http", "127.0.0.1")
        self.uri = f"{scheme}://{host}:{self.listening.getsockname()[1]}{path}"
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self.listening.accept()
            except OSError:
                return
            with suppress(OSError), self.tls.wrap_socket(connection, server_side=True) if self.tls else connection as line:
                line.recv(65536)
                self.asked += 1
                if self.hangs:
                    self.closing.wait(60)
                content = self.body.encode()
                head = f"HTTP/1.1 {self.status}\r\n{self.headers}Content-Length: {len(content)}\r\nConnection: close\r\n\r\n"
                line.sendall(head.encode() + content)

    def publishes(self, *keys: Key) -> None:
        """A key set."""
        self.body = json.dumps({"keys": [key.jwk for key in keys]}, default=dict)

    def describes(self, **metadata: object) -> None:
        """A document about the client at its own address."""
        self.body = json.dumps({"client_id": self.uri} | metadata, default=dict)

    def close(self) -> None:
        self.closing.set()
        self.listening.shutdown(socket.SHUT_RDWR)
        self.listening.close()
        self.thread.join(5)


def certified(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """What a server on this machine needs for TLS, and the file of the one authority that vouches for it: itself."""
    key = private_key("0", "publisher", "ES256")
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(IPv4Address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), 1)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2120, 1, 1, tzinfo=UTC))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(names, critical=False)
        .sign(key, SHA256())
    )
    authority, both = folder / "authority.pem", folder / "server.pem"
    authority.write_bytes(made.public_bytes(Encoding.PEM))
    both.write_bytes(made.public_bytes(Encoding.PEM) + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(both)
    return context, authority
