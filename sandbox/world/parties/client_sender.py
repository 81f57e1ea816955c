"""How a client's requests reach a server: client authentication, mutual TLS, DPoP proofs and their nonces.

What the requests are for stands in `client.py`; from where they are sent, in `client_hosts.py`.
"""

from __future__ import annotations

import base64
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlencode

from sandbox.core.wire import Request, Response, origin
from sandbox.protocol import nonces
from sandbox.protocol.certificates import certificate
from sandbox.protocol.client_jwts import ASSERTION_PARAMETERS, ASSERTION_TYPE, client_assertion
from sandbox.protocol.proofs import prove
from sandbox.protocol.tokens import Key, key_for
from sandbox.world.network import Network
from sandbox.world.parties.client_session import ClientConfig, Refused, Registration, Session
from sandbox.world.parties.limits import forget_oldest
from sandbox.world.parties.published_keys import PublishedKeys

Send = Callable[[Request], Response]


class Sender:
    """A client as far as it sends requests of its own, and proves with them who it is."""

    SHARES = ("servers", "elsewhere")  # metadata are replaced, and never changed (see core/fork.py)

    def __init__(self, name: str, net: Network, config: ClientConfig) -> None:
        self.name, self.net, self.policy = name, net, config.policy
        self.registration, self.servers, self.public_page = config.registration, config.servers, config.public_page
        self.elsewhere = config.elsewhere
        self.sessions: dict[str, Session] = {}
        self.jwks: defaultdict[str, PublishedKeys] = defaultdict(PublishedKeys)  # by issuer

    def session(self, key: str, browser: str = "") -> Session:
        """The session under this key; made if there is none."""
        session = self.sessions.setdefault(key, Session(key, browser or key, key))
        forget_oldest(self.sessions)
        return session

    @property
    def usual_server(self) -> str:
        """The issuer that it asks if nobody says which.  Raises Refused: it may not know one yet."""
        issuer = next(iter(self.servers), None)
        if issuer is None:
            raise Refused("unknown_server")
        return issuer

    def metadata(self, issuer: str) -> Mapping[str, Any]:
        """The metadata of a server that this client is registered with; nothing of any other."""
        return self.elsewhere[issuer].metadata if issuer in self.elsewhere else self.servers.get(issuer, {})

    def registered(self, issuer: str) -> Registration:
        """Who this client is at that server."""
        return self.elsewhere[issuer].registration if issuer in self.elsewhere else self.registration

    def endpoint(self, issuer: str, name: str) -> str:
        """An address from the metadata of a server that this client is registered with.  Raises Refused."""
        url = self.metadata(issuer).get(name)
        if not isinstance(url, str):
            raise Refused("unknown_server")
        return url

    def proof_key(self, session: Session) -> Key:
        """This session's DPoP key; it never leaves the place where it was made."""
        return key_for(self.net.entropy.seed, f"{self.name} in {session.born}")

    def connected(self, session: Session, request: Request) -> Request:
        """The request over mutual TLS, with this session's own certificate, if the server says that it binds tokens so (RFC 8705 §3.3).

        A page's script has none: it is the browser that makes the connections, and it asks the person for a certificate."""
        if self.public_page or not self.metadata(session.issuer).get("tls_client_certificate_bound_access_tokens"):
            return request
        if not session.certificate:
            owner = self.name if not self.registration.public else f"{self.name} in {session.born}"
            session.certificate = certificate(self.net.entropy.seed, owner)
        return replace(request, certificate=session.certificate)

    def ask(self, session: Session, request: Request) -> Response:
        """A request of the client's own, from wherever it lives."""
        return self.asked(session, request, lambda r: self.net.deliver(r, self.name, "back"))

    def asked(self, session: Session, request: Request, send: Send) -> Response:
        """The answer; to a server that wants its nonce in the proof the request goes once more (RFC 9449 §8)."""
        response = send(request)
        again = self.once_more(session, request, response)
        if again is None:
            return response
        response = send(again)
        self._keep_nonce(session, again, response)
        return response

    def once_more(self, session: Session, request: Request, response: Response) -> Request | None:
        """The request with another proof, if its answer asks for one with a nonce; what an answer brings is kept for the next."""
        if request.header("dpop") is None:
            return None
        self._keep_nonce(session, request, response)
        scheme, token = request.credential() or ("", "")
        wanted = nonces.wanted(response)
        return self.proving(session, request, token if scheme == "dpop" else None) if wanted else None

    def _keep_nonce(self, session: Session, request: Request, response: Response) -> None:
        """The newest nonce is the one for the next proof (RFC 9449 §8.2)."""
        if nonce := response.header(nonces.HEADER):
            session.nonces[self._server(request.url)] = nonce

    def _server(self, url: str) -> str:
        """Whose nonce belongs there: each server takes only its own (RFC 9449 §9)."""
        return origin(url) + self.net.mount(url)

    def proving(self, session: Session, request: Request, token: str | None = None) -> Request:
        """The request with a proof made for it."""
        key, jti = self.proof_key(session), self.net.entropy.token("dpop", 9)
        nonce = session.nonces.get(self._server(request.url), "")
        return request.with_header("DPoP", prove(key, request.method, request.url, self.net.clock.now(), jti, token, nonce))

    def authenticated(self, request: Request, issuer: str = "") -> Request:
        """With HTTP Basic if the client has a secret (RFC 6749 §2.3.1), with an assertion if it has a key instead (RFC 7523 §2.2)."""
        r = self.registered(issuer)
        if r.secret is None:
            return request if r.key is None else self._asserted(request, r.key)
        return request.with_header(
            "Authorization", "Basic " + base64.b64encode(f"{quote(r.client_id)}:{quote(r.secret)}".encode()).decode()
        )

    def _asserted(self, request: Request, key: Key) -> Request:
        issuer = next((i for i, server in self.servers.items() if request.url in server.values()), "")
        jti, now = self.net.entropy.token(f"{self.name} assertion", 9), self.net.clock.now()
        proof = client_assertion(key, self.registration.client_id, issuer, now, jti)
        more = urlencode(tuple(zip(ASSERTION_PARAMETERS, (ASSERTION_TYPE, proof), strict=True)))
        return replace(request, body=f"{request.body}&{more}")
