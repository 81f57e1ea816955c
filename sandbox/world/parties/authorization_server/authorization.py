"""The authorization endpoint (RFC 6749 §3.1): is the request good, who is there, and do they allow it?

Whether a request is good is decided by Authlib and by `explain.py`; who is there, by `sign_in.py`.
"""

from __future__ import annotations

from dataclasses import replace
from html import escape
from typing import Any, Literal

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import InvalidClientError, InvalidRequestError

from sandbox.core.text import short
from sandbox.core.wire import Request, Response, split
from sandbox.protocol.checks import Checklist
from sandbox.world.parties.authorization_server import client_documents, explain
from sandbox.world.parties.authorization_server.claims_request import ClaimsRequest, in_words
from sandbox.world.parties.authorization_server.core import Core
from sandbox.world.parties.authorization_server.hints import hinted
from sandbox.world.parties.authorization_server.pushed import reference
from sandbox.world.parties.authorization_server.requests import ASRequest, ASResponse, answer
from sandbox.world.parties.authorization_server.response_modes import in_mode, known, offered
from sandbox.world.parties.authorization_server.sign_in import SignedIn, SignIn, fields
from sandbox.world.parties.authorization_server.store import Client, Session
from sandbox.world.parties.pages import error_page, form, page, paragraph
from sandbox.world.parties.people import User

MALFORMED = "A parameter is missing, unreadable or given more than once."


class AuthorizationEndpoint:
    """The endpoint of one server, and its consent page."""

    def __init__(self, core: Core, sign_in: SignIn) -> None:
        self.core, self.sign_in, self.name = core, sign_in, core.denylist.owner
        self.net, self.policy, self.store = core.net, core.policy, core.store

    def authorize(self, request: Request) -> Response:
        """RFC 6749 §3.1: check the request, then ask who is there and whether it is allowed."""
        session = self.sign_in.session(request)
        asked = ASRequest(request, fields(request), session)
        failed = explain.authorization(self.core, asked, Checklist(self.net.trace, self.name))
        try:
            if failed is not None and (objection := self.objection(asked, failed)) is not None:
                raise objection
            grant = self.core.get_consent_grant(asked, session.user if session else None)
        except OAuth2Error as error:
            return self._refused(asked, error)
        except ValueError:  # Authlib puts client text into descriptions and then refuses characters of it
            return error_page(400, "invalid_request")
        prompt, known = asked.payload.data.get("prompt", "").split(), session
        session = session if session and "login" not in prompt and self._still_good(asked, session) else None
        if session and "consent" not in prompt and self._remembers(asked, session.user, grant.client):
            return self._issue(asked, session, True)
        if "none" in prompt:
            code = "consent_required" if session else "login_required"
            return self._refused(asked, OAuth2Error(error=code, redirect_uri=grant.redirect_uri, state=asked.payload.state))
        ticket, cookie = self.sign_in.begun(request, asked.sent)
        if session is None and known is not None and "login" not in prompt and self._recent(asked, known) and self._stronger(asked):
            return self.sign_in.second_factor.ask(ticket, known.user, *self.sign_in.headers(), *cookie)  # nothing but that is missing
        return (
            self._consent_page(ticket, asked, grant.client, session.user, *cookie)
            if session
            else self.sign_in.login_page(ticket, None, *cookie)
        )

    def resume(self, done: SignedIn) -> Response:
        """Go on after somebody has signed in: to the consent page, or straight to the client if consent was given before."""
        asked = ASRequest(done.asked, fields(done.asked), done.session)
        client = self.core.query_client(asked.payload.client_id)
        if client is None:
            return error_page(400, "invalid_client", "The client is not known any more.", done.cookie)
        prompt = asked.payload.data.get("prompt", "").split()
        person = done.session.user
        another = person.name not in self._people(asked, person)  # is not asked for consent, but refused at once
        if another or ("consent" not in prompt and self._remembers(asked, person, client)):
            response = _after_post(self._issue(asked, done.session, True), "see_other" if self.policy.see_other == "on" else "repeat")
            return replace(response, headers=(*response.headers, done.cookie))
        return self._consent_page(done.ticket, asked, client, person, done.cookie)

    def _remembers(self, asked: ASRequest, user: User, client: Client) -> bool:
        """Whether this user need not be asked again.  An app at a scheme of its own cannot show that it is the one that was allowed."""
        if not self.store.allowed(user, client.client_id, asked.payload.scope or "", self._claims(asked).about(user)):
            return False
        if client.by_document:
            told = "is asked again: its document can be another one by now"
            self.net.noted(self.name, f"{user.name} has allowed {client.client_id} before, and {told}.")
            return False
        redirect_uri = asked.payload.redirect_uri or client.get_default_redirect_uri() or ""
        if client.confidential or split(redirect_uri).scheme in ("https", "http"):
            return True  # http: on the user's own machine, and the stand-in for https while something is built
        if self.policy.ask_again == "off":
            return True
        self.net.noted(
            self.name, f"{user.name} has allowed {client.client_id} before, and is asked again: any app can claim {redirect_uri}."
        )
        return False

    def objection(self, asked: ASRequest, failed: str) -> OAuth2Error | None:
        """The error for a check that failed; None where Authlib will refuse the request itself."""
        if asked.refusal is not None:
            return self._malformed(asked, *asked.refusal)
        if failed == "request_form":
            return self._malformed(asked)
        if failed in ("client_known", "client_address"):  # these and the next before Authlib looks at the response type
            return InvalidClientError(description=client_documents.unknown(self.core, asked.payload.data.get("client_id", "")))
        if failed == "redirect_uri":
            return InvalidRequestError("The redirect URI is not a registered one.")
        return self._told(asked, failed) if failed in ("resource", "response_mode", "scope_offered", "scope_approved", "max_age") else None

    def _told(self, asked: ASRequest, failed: str) -> OAuth2Error:
        """The error of a request whose client and redirect URI are good."""
        modes = f"response_mode can be {' or '.join(known(self.policy.web_message))}; a token is never in the query."
        error, text = {
            "resource": ("invalid_target", "This server issues no tokens for that resource."),
            "response_mode": ("invalid_request", modes),
            "max_age": ("invalid_request", "max_age is a number of seconds."),
            "scope_approved": ("invalid_scope", "A client that has registered itself may ask who somebody is, and for nothing else."),
            "scope_offered": ("invalid_scope", self.core.unknown(asked.payload.scope or "")),
        }[failed]
        return OAuth2Error(error=error, description=text, redirect_uri=asked.payload.redirect_uri, state=asked.payload.state)

    def _malformed(self, asked: ASRequest, error: str = "invalid_request", text: str = MALFORMED) -> OAuth2Error:
        """The request cannot be read: told to the client, if the parameters that name it are themselves in order (RFC 6749 §4.1.2.1)."""
        data = asked.payload.data
        client = self.core.query_client(data.get("client_id", ""))
        uri = data.get("redirect_uri", "")
        named = client is not None and client.check_redirect_uri(uri) and not {"client_id", "redirect_uri"} & asked.twice
        state = None if "state" in asked.twice else asked.payload.state
        return OAuth2Error(text, error=error, redirect_uri=uri if named else None, state=state if named else None)

    def _still_good(self, asked: ASRequest, session: Session) -> bool:
        """Whether this session is what the client asks for: recent, of the right user, and strong enough (`acr_values`)."""
        return self._recent(asked, session) and not self.sign_in.second_factor.lacking(asked.acr(self.core.takes_claims), session)

    def _stronger(self, asked: ASRequest) -> bool:
        """Whether the second factor is what the request wants."""
        return self.sign_in.second_factor.wanted(asked.acr(self.core.takes_claims))

    def _recent(self, asked: ASRequest, session: Session) -> bool:
        """Whether it is recent (`max_age`, OIDC Core §3.1.2.1), and of a user that is asked for."""
        max_age = asked.payload.data.get("max_age")
        if max_age and self.net.clock.now() - session.auth_time > int(max_age):
            return False
        return session.user.name in self._people(asked, session.user)

    def _people(self, asked: ASRequest, user: User) -> list[Any]:
        """Those who may sign in: whom `id_token_hint` and `claims` name (OIDC Core §3.1.2.2), and this user if nobody is named."""
        hint, named = asked.payload.data.get("id_token_hint"), self._claims(asked).subject.values or (user.name,)
        return [name for name in named if not hint or name == self._hinted(hint)]

    def _claims(self, asked: ASRequest) -> ClaimsRequest:
        """The single claims that are asked for; that they can be read has been seen before."""
        return asked.claims(self.core.takes_claims)

    def _hinted(self, hint: str) -> str | None:
        """The user of an ID token of ours, expired or not; None if it is none of ours."""
        claims = hinted(self.core, hint)
        return str(claims.get("sub")) if claims is not None else None

    def _refused(self, asked: ASRequest, error: OAuth2Error) -> Response:
        """Errors go back to the client if its redirect URI is known to be its own, else to a page (RFC 6749 §4.1.2.1).
        To a page they go, too, if nobody here knows its response_mode: that would say how to send them back (OIDC Core §3.1.2.6)."""
        response = ASResponse(*error(self.core.get_error_uri(asked, error)))
        if response.location is None:
            return error_page(response.status, error.error, error.description or "")
        if (mode := asked.payload.data.get("response_mode")) and mode not in offered(self._kind(asked), self.policy.web_message):
            return error_page(400, error.error, error.description or "")
        if self.policy.iss_param == "on":
            self.core.issuer_parameter.add_issuer_parameter(self.core, response)  # Authlib leaves it out of these
        return self._moded(asked, answer(response))

    def _kind(self, asked: ASRequest) -> str:
        """The response type by which an answer travels."""
        return "code" if self.policy.no_implicit == "on" else asked.payload.data.get("response_type", "")

    def _moded(self, asked: ASRequest, response: Response) -> Response:
        """The answer in the way that the client wants it (`response_mode`)."""
        data = asked.payload.data
        client = self.core.query_client(data.get("client_id", ""))
        uri = data.get("redirect_uri") or (client.get_default_redirect_uri() if client else "") or ""
        return in_mode(response, uri, self._kind(asked), data.get("response_mode", ""), self.policy.web_message)

    def _consent_page(self, ticket: str, asked: ASRequest, client: Client, user: User, *headers: tuple[str, str]) -> Response:
        scopes = (asked.payload.scope or "").split()
        wants = "".join(f"<li>{self.core.scopes[s]}</li>" for s in scopes if s in self.core.scopes)
        body = (
            client_documents.introduced(client, asked.payload.redirect_uri or client.get_default_redirect_uri() or "")
            + paragraph(f"{client.title} wants to:")
            + f"<ul>{wants}{self._single(asked, user)}</ul>"
            + form("/consent", {"ticket": ticket, "allow": "yes"}, button="Allow")
        )
        return page("consent", f"Allow {client.title}?", body, *self.sign_in.headers(), *headers)

    def _single(self, asked: ASRequest, user: User) -> str:
        """The claims that are told beside those of the scopes, as one more line of the list."""
        more = self._claims(asked).about(user) - user.told_by((asked.payload.scope or "").split())
        return f"<li>see your {escape(in_words(more))}</li>" if more else ""

    def consent(self, request: Request) -> Response:
        """The consent form."""
        session, pending = self.sign_in.session(request), self.sign_in.pending.pop(request.param("ticket") or "", None)
        if session is None or pending is None:
            return error_page(400, "invalid_request", "This sign-in has expired.")
        if not self.sign_in.same_browser(pending.browser, request, Checklist(self.net.trace, self.name)):
            return error_page(403, "access_denied", "This sign-in was begun in another browser.")
        original = pending.request
        asked, allowed = ASRequest(original, fields(original), session), request.param("allow") == "yes"
        if allowed:
            self.net.consented(self.name, session.user.name, asked.payload.client_id, asked.payload.scope or "")
        return _after_post(self._issue(asked, session, allowed))

    def _issue(self, asked: ASRequest, session: Session, allowed: bool) -> Response:
        """Let Authlib answer the authorization request (RFC 6749 §4.1.2); one that was pushed is answered once (RFC 9126 §4)."""
        pushed = self.store.pushed.get(reference(asked.payload.data.get("request_uri", "")))
        if pushed is not None and not pushed.use():
            return error_page(400, "invalid_request_uri", "This request was answered before.")
        checks = Checklist(self.net.trace, self.name)
        people = self._people(asked, session.user)
        if session.user.name not in people:
            checks.test("person_asked", False, short(" or ".join(map(str, people)), 200) or "nobody that is known here", session.user.name)
            return self._refused(
                asked, OAuth2Error(error="login_required", redirect_uri=asked.payload.redirect_uri, state=asked.payload.state)
            )
        checks.test("consent", allowed, f"{session.user.name} says yes", "yes" if allowed else "no")
        try:
            grant = self.core.get_consent_grant(asked, session.user)
        except OAuth2Error as error:  # the client has changed, or is gone, while the person was reading
            return self._refused(asked, error)
        return self._moded(asked, answer(self.core.create_authorization_response(grant.request, session.user if allowed else None, grant)))


def _after_post(response: Response, how: Literal["see_other", "repeat"] = "see_other") -> Response:
    """A redirect after a form: 303, so that no browser sends the form again to where it leads (RFC 9700 §4.12), or 307, so that it does."""
    return replace(response, status=303 if how == "see_other" else 307) if response.status == 302 else response
