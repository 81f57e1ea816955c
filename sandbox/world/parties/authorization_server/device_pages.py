"""The pages on which a person allows a device (RFC 8628 §3.3): sign in, type the code, say yes; all in one browser."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.core.wire import Request, Response, first
from sandbox.protocol.cast import place
from sandbox.protocol.checks import Checklist
from sandbox.world.parties.authorization_server.client_documents import introduced
from sandbox.world.parties.authorization_server.devices import PATH, DeviceCredential, Devices
from sandbox.world.parties.authorization_server.sign_in import NO_STORE, SignIn
from sandbox.world.parties.authorization_server.store import Client, Session
from sandbox.world.parties.limits import forget_oldest
from sandbox.world.parties.pages import error_page, form, page, paragraph

MOST_TRIES = 5  # wrong codes of one session (RFC 8628 §5.1)


@dataclass(frozen=True, slots=True)
class DevicePages:
    """The pages on which a person allows a device (RFC 8628 §3.3): sign in, type the code, say yes; all in one browser."""

    sign_in: SignIn
    devices: Devices

    def code(self, request: Request) -> Response:
        """The address that devices show: the login page, the page for the code, and what was typed there."""
        sign_in, session = self.sign_in, self.sign_in.session(request)
        if request.method == "POST":
            return self._typed(request, session)
        ticket, cookie = sign_in.begun(request)
        return self.ask(ticket, request, *cookie) if session else sign_in.login_page(ticket, None, *cookie)

    def ask(self, ticket: str, request: Request, *headers: tuple[str, str]) -> Response:
        """The page for the code."""
        return code_page(ticket, first(request.query, "user_code") or "", *self.sign_in.headers(), *headers)

    def _pending(self, request: Request, checks: Checklist) -> Response | None:
        """The refusal of a form that nobody has begun here, or somebody in another browser."""
        pending = self.sign_in.pending.get(request.param("ticket") or "")
        if pending is None:
            return error_page(400, "invalid_request", "This page has expired.")
        if not self.sign_in.same_browser(pending.browser, request, checks):
            return error_page(403, "access_denied", "This page was opened in another browser.")
        return None

    def _typed(self, request: Request, session: Session | None) -> Response:
        sign_in, checks, ticket = self.sign_in, Checklist(self.sign_in.net.trace, self.sign_in.name), request.param("ticket") or ""
        refusal = self._pending(request, checks)
        if refusal is not None or session is None:
            return refusal or error_page(401, "login_required")
        tries = self.devices.tries.get(session.sid, 0)
        found = self.devices.shown(request.param("user_code") or "") if tries < MOST_TRIES else None
        why = "one" if found else "too many wrong ones" if tries >= MOST_TRIES else "none"
        if not checks.test("user_code", found is not None, "a code that a device shows now", why):
            self.devices.tries[session.sid] = tries + 1
            forget_oldest(self.devices.tries)
            return code_page(ticket, "", *sign_in.headers(), error="access_denied")
        assert found is not None
        if not self._near(found, request, checks):
            return error_page(403, "access_denied", "This device is somewhere else. Allow only a device that is before you.")
        self.devices.tickets[ticket] = found
        forget_oldest(self.devices.tickets)
        wants = "".join(f"<li>{sign_in.core.scopes[s]}</li>" for s in found.scope.split())
        client = sign_in.core.query_client(found.client_id)
        if client is None:
            return error_page(400, "invalid_client", "The client is not known any more.")
        return consent_page(ticket, client, found, wants, *sign_in.headers())

    def _near(self, found: DeviceCredential, request: Request, checks: Checklist) -> bool:
        """Whether the browser is where the device is, as far as a server can see: on the same network (RFC 8628 §5.4)."""
        here = place(request.peer)
        if self.sign_in.policy.device_near == "off":
            return True
        return checks.test("device_place", found.place == here, here, found.place)

    def consent(self, request: Request) -> Response:
        """What the person says about the device."""
        sign_in, session = self.sign_in, self.sign_in.session(request)
        refusal = self._pending(request, Checklist(sign_in.net.trace, sign_in.name))
        if refusal is not None:
            return refusal
        found = self.devices.tickets.pop(request.param("ticket") or "", None)
        if session is None or found is None or found.session is not None or found.is_expired():
            return error_page(400, "invalid_request", "This page has expired.")
        found.session, found.allowed = session, request.param("allow") == "yes"
        del sign_in.pending[request.param("ticket") or ""]
        if found.allowed:
            sign_in.net.consented(sign_in.name, session.user.name, found.client_id, found.scope)
        return done_page(found.allowed, NO_STORE)


def code_page(ticket: str, typed: str, *headers: tuple[str, str], error: str | None = None) -> Response:
    """The page that asks for the code; one that came with the address stands there, to be compared (RFC 8628 §3.3.1)."""
    body = paragraph("Type the code that your device shows. Do this only if you have the device before you.") + form(
        PATH, {"ticket": ticket}, ("user_code", "text"), button="Go on", hint=typed[:20]
    )
    return page("device", "Connect a device", body, *headers, status=400 if error else 200, error=error)


def consent_page(ticket: str, client: Client, found: DeviceCredential, wants: str, *headers: tuple[str, str]) -> Response:
    """Who asks, for what, and with which code."""
    body = introduced(client) + paragraph(f"{client.title}, which shows {found.user_code}, wants to:") + f"<ul>{wants}</ul>"
    body += form(f"{PATH}/consent", {"ticket": ticket, "allow": "yes"}, button="Allow")
    return page("consent", f"Allow {client.title}?", body, *headers)


def done_page(allowed: bool, *headers: tuple[str, str]) -> Response:
    """The end, in the browser."""
    return page("app", "Your device is connected" if allowed else "Your device gets no access", "", *headers)
