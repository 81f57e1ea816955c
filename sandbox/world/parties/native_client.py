"""A client that is an app on a device: it opens by links of its own, and keeps sessions per device."""

from __future__ import annotations

from sandbox.core.wire import Request, Response
from sandbox.world.parties.client_hosts import Hosted
from sandbox.world.parties.client_session import Refused, Session
from sandbox.world.parties.limits import too_large
from sandbox.world.parties.pages import error_page, page


class NativeClient(Hosted):
    """An app on a device.  Its links open by a scheme of its own (RFC 8252 §7.1); sessions are kept per device."""

    in_page = False

    def handle(self, request: Request) -> Response:
        """What the device hands to the app."""
        refusal = too_large(request)
        if refusal is not None:
            return refusal
        session, path = self.session(request.peer), request.path
        try:
            if path == "/login":
                return (
                    self._password_page(f"{self.home}/connect", request.query)
                    if self.asks_password(request.query)
                    else Response(302, (("Location", self._begin(session, request.query)),))
                )
            if path == "/connect":
                asked = self._with_password(session, request.form)
            elif (at := self.answered_at(path)) is not None:
                asked = self.code_request(self.receive(session, request.query, at), request.query)
            elif path == "/logout":
                return self._log_out(session)
            elif path == "/logout/everywhere":
                return self._log_out_everywhere(session)
            elif path == "/signed-out":
                return page("app", "Signed out")
            else:
                return error_page(404, "not_found")
            self.accept(session, self.ask(session, asked))
        except Refused as refused:
            return error_page(400, refused.error or "access_denied")
        return page("app", "Signed in")

    def _log_out(self, session: Session) -> Response:
        revoke = self.revocation_request(session)
        if revoke is None and session.issuer:
            revoke = Request("POST", f"{session.issuer}/logout")
        if revoke is not None:
            self.ask(session, revoke)
        self.sessions.pop(session.key, None)
        return page("app", "Signed out")

    def _log_out_everywhere(self, session: Session) -> Response:
        url = self.end_session_url(session, self.signed_out_url)
        if not url:
            return self._log_out(session)
        self.sessions.pop(session.key, None)
        return Response(303, (("Location", url),))
