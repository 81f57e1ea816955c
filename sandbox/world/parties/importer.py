"""The importer: ConnectSphere as a client of somebody else, which fetches Alice's statements from her bank.

`/login` asks the bank for a permission.  `/share`, and in the JWT profiles `/login`, too, is the other way: it asks Alice for her
bank password, keeps it, and signs in as Alice each time it needs something.
"""

from __future__ import annotations

from sandbox.core.wire import Pairs, Request, Response, json_request
from sandbox.world.network import Network
from sandbox.world.parties.client_sender import Send
from sandbox.world.parties.client_session import ClientConfig, Session
from sandbox.world.parties.pages import form, page, paragraph
from sandbox.world.parties.web_client import WebClient


class Importer(WebClient):
    """`kept`: the bank passwords that were typed in here, by session."""

    SHOWN = "/statements", "Your statements"

    def __init__(self, name: str, net: Network, config: ClientConfig) -> None:
        super().__init__(name, net, config)
        self.kept: dict[str, tuple[str, str]] = {}

    def state(self) -> dict[str, str]:
        return super().state() | {f"{key}: bank password of {user}": password for key, (user, password) in self.kept.items()}

    def handle(self, request: Request) -> Response:
        """The pages of the import."""
        if request.path == "/share":
            _, cookie = self._keyed(request)
            shown = self._password_page("/connect")
            return Response(shown.status, (*shown.headers, *cookie), shown.body)
        return super().handle(request)

    def _password_page(self, action: str, wishes: Pairs = ()) -> Response:
        fields = form(action, {}, ("username", "text"), ("bank_password", "password"), button="Connect")
        return page("login", "Connect your bank", paragraph("Your user name and password at the bank:") + fields)

    def _connect(self, request: Request) -> Response:
        """Try the password that was typed in, and keep it for later."""
        session, cookie = self._keyed(request)
        self.kept[session.key] = (request.param("username") or "", request.param("bank_password") or "")
        self.accept(session, self._sign_in_as_user(session))
        return page("app", "Connected", "", *cookie)

    def _sign_in_as_user(self, session: Session) -> Response:
        """The bank's own sign-in, as its customers use it: no protocol between two companies."""
        session.issuer, session.resource = self.usual_server, self.registration.resource
        user, password = self.kept[session.key]
        return self.ask(session, json_request("POST", f"{session.issuer}/login", {"username": user, "password": password}))

    def call(self, session: Session, request: Request, resource: str, send: Send) -> Response:
        """One request to the bank; with a password, each begins with a sign-in as the user."""
        if session.key in self.kept:
            answer = self._sign_in_as_user(session)
            if not answer.ok:
                return answer
            self.accept(session, answer)
        return super().call(session, request, resource, send)
