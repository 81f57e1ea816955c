"""The assistant: an AI tool that Alice has told the address of a tool server, and nothing else.

Where tokens for it come from it finds out by itself, when it is first asked to sign somebody in: from the refusal and the metadata of the
tool server (RFC 9728), and from those of the authorization server (RFC 8414), at which it registers itself (RFC 7591).
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from sandbox.core.wire import Pairs, Request, Response, first, json_request, origin, split
from sandbox.protocol import mcp
from sandbox.protocol.checks import Checklist
from sandbox.world.network import Network
from sandbox.world.parties.client_session import ClientConfig, Refused, Session
from sandbox.world.parties.pages import error_page, page, paragraph
from sandbox.world.parties.web_client import WebClient

AGREED = mcp.VERSION, mcp.WITH_HANDSHAKE[0]
TITLE = "ConnectSphere assistant"
PLACE = re.compile(r'\bresource_metadata="([^"\s]{1,2048})"')


def message(method: str, **params: Any) -> dict[str, Any]:
    """One request of that protocol."""
    return {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}


class Assistant(WebClient):
    """A web app like others once it knows a server and has an id there; the address of the tool server stands in its registration."""

    SHOWN = "", "Your notes"

    def __init__(self, name: str, net: Network, config: ClientConfig) -> None:
        super().__init__(name, net, config)
        self.tools = config.registration.resource  # where it asks; its registration says what its tokens are for

    def take_over(self, old: Assistant, metadata: dict[str, Any]) -> None:
        """Go on with what another one has found out; `metadata`: what its server says by now."""
        if metadata.get("issuer") in old.servers:
            self.servers, self.registration = {metadata["issuer"]: metadata}, old.registration

    def _login(self, request: Request) -> Response:
        """Sign in for the tool server that Alice has named (`api`), or for the usual one."""
        if not self.servers:
            self._discover(first(request.query, "api") or self.tools)
        return super()._login(request)

    def _begin(self, session: Session, wishes: Pairs) -> str:
        return super()._begin(session, tuple((k, v) for k, v in wishes if (k, v) != ("api", self.tools)))

    def _discover(self, tools: str) -> None:
        """From the address of the tool server to an id at its authorization server.  Raises Refused."""
        checks = Checklist(self.net.trace, self.name)
        refusal = self._send(json_request("POST", tools, message("initialize", protocolVersion=AGREED[1]), (AGREED,)))
        place = PLACE.search(refusal.header("www-authenticate") or "")
        if refusal.status != 401 or place is None:
            raise Refused("unknown_server")
        about = self._read(place[1])
        resource = str(about.get("resource") or "nothing")
        if self.policy.match_resource == "off":
            checks.skip("discovered", "nobody compares what is described with what was asked", resource)
        elif not checks.test("discovered", resource == tools, tools, resource):
            raise Refused("unknown_server")  # RFC 9728 §3.3
        issuer = next(iter(_texts(about.get("authorization_servers"))), "")
        server = self._read(f"{origin(issuer)}/.well-known/oauth-authorization-server{split(issuer).path}")
        if not checks.test("discovered", server.get("issuer") == issuer, issuer or "an issuer", server.get("issuer") or "nothing"):
            raise Refused("unknown_server")  # RFC 8414 §3.3
        self._register(server)
        self.tools, self.registration = tools, replace(self.registration, resource=resource)
        self.servers = {issuer: server}

    def _register(self, server: dict[str, Any]) -> None:
        mine = {"client_name": TITLE, "redirect_uris": [self.registration.redirect_uri]}
        mine |= {"grant_types": ["authorization_code", "refresh_token"]}
        told = self._send(json_request("POST", str(server.get("registration_endpoint", "")), mine))
        given = told.json if told.ok and isinstance(told.json, dict) else {}
        if not isinstance(given.get("client_id"), str):
            raise Refused(told.error or "unknown_client")
        secret = given.get("client_secret")
        self.registration = replace(self.registration, client_id=given["client_id"], secret=secret if isinstance(secret, str) else None)

    def _send(self, request: Request) -> Response:
        return self.net.deliver(request, self.name, "back")

    def _read(self, url: str) -> dict[str, Any]:
        """A JSON object that stands there, or an empty one."""
        answer = self._send(Request("GET", url))
        return answer.json if answer.ok and isinstance(answer.json, dict) else {}

    def _me(self, request: Request) -> Response:
        """What the tool server lists."""
        session = self._connected(self._cookie(request))
        if session is None:
            raise Refused("login_required")
        asked = json_request("POST", self.tools, message("tools/call", name="list_notes", arguments={}), (AGREED,))
        answer = self.call(session, asked, self.registration.resource, lambda r: self.ask(session, r))
        if answer.ok:
            return page("app", self.SHOWN[1], paragraph(answer.body))
        return error_page(403 if answer.status < 500 else 502, answer.error or "api_error", f"The tools answer with {answer.status}.")


def _texts(value: object) -> tuple[str, ...]:
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()
