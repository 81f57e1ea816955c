"""The backend of the JWT designs: `POST /login` checks a password and hands out a JWT that the services verify by themselves.

At its plainest that is all.  What careful teams add to it, because a token alone cannot be taken back, are switches: refresh tokens
and their rotation, a log-out that counts, a list of what is revoked, sessions by device, a key set.  What it cannot have is clients:
it knows people, and takes the word of an app for which app it is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.core.clock import clock_time
from sandbox.core.wire import Request, Response, json_response
from sandbox.protocol.checks import Checklist, fits
from sandbox.protocol.tokens import Key, NotAJwt, dated, decode, number, public_key, signature_fits
from sandbox.world.network import Network
from sandbox.world.parties import cors
from sandbox.world.parties.denylist import Denylist, for_services
from sandbox.world.parties.issuer import IssuerConfig
from sandbox.world.parties.limits import too_large
from sandbox.world.parties.logins import Login, Logins, RefreshToken
from sandbox.world.parties.memory import explained
from sandbox.world.parties.people import Directory, User
from sandbox.world.parties.signing_keys import SigningKeys, staying

SHORT, LONG = 900, 86400  # seconds
NO_STORE = ("Cache-Control", "no-store")
Claims = dict[str, Any]


class Backend:
    """Logs people in, and out again where it can."""

    def __init__(self, name: str, net: Network, config: IssuerConfig, people: Directory) -> None:
        self.name, self.net, self.people = name, net, people
        self.policy, self.issuer, self.resources, self.lifetimes = config.policy, config.url, config.resources, config.lifetimes
        self.signing = SigningKeys(net, name, config.key)
        self.denylist = Denylist(net, name, config.subscribers)
        self.logins = Logins()
        self.since = 0  # what was issued before is void, if the world was started anew then

    @property
    def key(self) -> Key:
        """The key that signs."""
        return self.signing.current

    @property
    def life(self) -> int:
        """For how many seconds an access token lives."""
        return self.lifetimes.access or (SHORT if self.policy.short_ttl == "on" else LONG)

    @property
    def listed_by(self) -> tuple[str, ...]:
        """The claims by which its list names what is revoked: a token, a login, whatever a user was issued until then."""
        kinds = {"off": (), "per-user": ("sub", "iat"), "per-device": ("sid", "sub", "iat")}
        return ("jti", *kinds[self.policy.session_index])

    def describe(self) -> dict[str, Any]:
        """What its apps are built against; there is no metadata document."""
        out: dict[str, Any] = {"login_endpoint": f"{self.issuer}/login", "logout_endpoint": f"{self.issuer}/logout"}
        out |= {"refresh_endpoint": f"{self.issuer}/refresh"} if self.policy.refresh_tokens == "on" else {}
        return out | ({"login_names_device": True} if self.policy.session_index == "per-device" else {})

    # ---- dispatch
    def handle(self, request: Request) -> Response:
        """Answer any request; an address that does not exist is a 404, a method that does not fit a 405."""
        refusal = too_large(request)
        if refusal is not None:
            return refusal
        if request.path.startswith("/admin/users/"):
            return self.set_user(request)
        if request.path == "/admin/keys":
            return self.signing.rotate(request, staying(request, self.life))
        return cors.served(request, self._answer)

    def _answer(self, request: Request) -> Response:
        method, action = self._routes().get(request.path, ("", None))
        if action is None:
            return json_response(404, {"error": "not_found"})
        return action(request) if request.method == method else json_response(405, {"error": "method_not_allowed"}, ("Allow", method))

    def offers(self) -> dict[str, str]:
        """The addresses that exist in this setting, each with its methods."""
        return {path: methods for path, (methods, _) in self._routes().items()}

    def _routes(self) -> dict[str, tuple[str, Callable[[Request], Response] | None]]:
        routes: dict[str, tuple[str, Callable[[Request], Response] | None]] = {
            "/login": ("POST", self.login),
            "/logout": ("POST", self.logout),
            "/jwks": ("GET", self.jwks),
            "/denylist": ("GET", self.denylist.answer),
            "/roles": ("GET", self.roles),
        }
        if self.policy.refresh_tokens == "on":
            routes["/refresh"] = ("POST", lambda asked: explained(self.refresh(asked), self.since))
        if self.policy.session_index != "off":
            routes["/account/sessions"] = ("POST", self.end_sessions)
        return routes

    def state(self) -> dict[str, str]:
        return self.logins.shown() | self.denylist.revoked.shown()

    # ---- tokens
    def login(self, request: Request) -> Response:
        """Name and password in, JWT out.  Any app may ask: there are no clients here, only people."""
        body, checks = _fields(request), Checklist(self.net.trace, self.name)
        user = self.people.login(str(body.get("username")), str(body.get("password")))
        if not checks.test("password", user is not None, "a user and its password", body.get("username") or "nobody"):
            return json_response(401, {"error": "access_denied"})
        assert user is not None
        refusal = self._inactive(user, checks) or self._elsewhere(body, checks)
        return refusal or self._issued(self._begun(user, body), body)

    def refresh(self, request: Request) -> Response:
        """A refresh token in, another JWT out, for as long as the login lives: RFC 6749 §6 without clients."""
        body, checks, now = _fields(request), Checklist(self.net.trace, self.name), self.net.clock.now()
        value = str(body.get("refresh_token"))
        token = self.logins.refresh_tokens.get(value)
        if not checks.test("refresh_token", token is not None, "a refresh token of this backend", "one" if token else "unknown"):
            return json_response(401, {"error": "invalid_grant"})
        assert token is not None
        login = token.login
        if not self._unused(token, checks):
            return json_response(401, {"error": "invalid_grant"})
        fresh = checks.test("refresh_fresh", now < login.until, f"before {clock_time(login.until)}", clock_time(now))
        if not (fresh and checks.test("grant_alive", login.alive, "alive", "alive" if login.alive else "ended")):
            return json_response(401, {"error": "invalid_grant"})
        refusal = self._inactive(login.user, checks) or self._elsewhere(body, checks)
        if refusal is None:
            token.rotated = self.policy.rt_rotation != "off"
        return refusal or self._issued(login, body, renewed=True)

    def _unused(self, token: RefreshToken, checks: Checklist) -> bool:
        """Whether it has not been exchanged; one that comes back has two holders, and may cost its whole family (RFC 9700 §4.14.2)."""
        if self.policy.rt_rotation == "off":
            checks.skip("refresh_unused", "refresh tokens are not rotated")
            return True
        if token.rotated and self.policy.rt_rotation == "reuse-detect":
            self._end(token.login)
        return checks.test(
            "refresh_unused", not token.rotated, "never exchanged", "exchanged before" if token.rotated else "never exchanged"
        )

    def _inactive(self, user: User, checks: Checklist) -> Response | None:
        ok = checks.test("account_active", not user.disabled, "not disabled", "disabled" if user.disabled else "active")
        return None if ok else json_response(401, {"error": "access_denied"})

    def _elsewhere(self, body: Claims, checks: Checklist) -> Response | None:
        """The refusal of a wish for an API that is none of ours."""
        wanted = body.get("audience", self.resources[0])
        if self.policy.stamp_aud == "off" or checks.test("resource", wanted in self.resources, "one of our services", wanted):
            return None
        return json_response(400, {"error": "invalid_target"})

    def _begun(self, user: User, body: Claims) -> Login:
        named = self.policy.session_index == "per-device"
        app, device = (str(body.get(name) or "")[:80] if named else "" for name in ("app", "device"))
        return Login(self.net.entropy.token("sid", 6), user, app, device, self.net.clock.now() + self.lifetimes.refresh)

    def _issued(self, login: Login, body: Claims, renewed: bool = False) -> Response:
        """An access token, and a refresh token where there are any and this is the first or they are rotated."""
        policy, now = self.policy, self.net.clock.now()
        if policy.refresh_tokens == "on" or policy.revocation == "on" or policy.session_index == "per-device":
            self.logins.begin(login)
        claims = self.claims(login, str(body.get("audience", self.resources[0])), now)
        if "jti" in claims:
            login.add(claims["jti"], claims["exp"], now)
        token = self.key.sign(claims, "at+jwt" if policy.stamp_typ == "on" else "JWT")
        self.net.issued(self.name, "access_token", token, login.user.name, login.app)
        out: Claims = {"access_token": token, "token_type": "Bearer", "expires_in": self.life}
        if policy.refresh_tokens == "on" and (not renewed or policy.rt_rotation != "off"):
            out["refresh_token"] = self._refresh_token(login)
        return json_response(200, out, NO_STORE)

    def _refresh_token(self, login: Login) -> str:
        """Another refresh token of this login: random text, because it has to be looked up anyway."""
        value = self.net.entropy.token("refresh", 24)
        self.logins.keep(value, login)
        self.net.issued(self.name, "refresh_token", value, login.user.name, login.app)
        return value

    def claims(self, login: Login, audience: str, now: int) -> Claims:
        """What the services are told about the user."""
        user = login.user
        out: Claims = {"iss": self.issuer, "sub": user.name, "iat": now, "exp": now + self.life}
        out |= {"aud": audience} if self.policy.stamp_aud == "on" else {}
        out |= {"jti": self.net.entropy.token("jti", 9)} if self.policy.revocation == "on" else {}
        out |= {"sid": login.sid} if self.policy.session_index == "per-device" else {}
        if self.policy.min_claims == "off":
            role = "admin" if "admin" in user.roles else "user"
            out |= user.personal() | {"role": role, "groups": user.groups, "permissions": user.permissions}
        return out

    # ---- ending them
    def logout(self, request: Request) -> Response:
        """End the login of a refresh token, or put an access token on the list; 204 without any effect where there is no list, and for
        a browser that brings nothing."""
        if self.policy.revocation == "off" or not (request.credential() or request.body):
            return Response(204)
        token = self.logins.refresh_tokens.get(str(_fields(request).get("refresh_token")))
        if token is not None:  # whoever has it may give it back: the access token may have expired by now
            self._end(token.login)
            return Response(204)
        claims = self._caller(request)
        if claims is None:
            return json_response(401, {"error": "invalid_token"})
        login = self.logins.logins.get(str(claims.get("sid")))
        if login is not None:
            self._end(login)
        elif "jti" in claims:
            self.denylist.add(str(claims["jti"]), int(claims["exp"]))
        return Response(204)

    def end_sessions(self, request: Request) -> Response:
        """The account page's button: end one app, on one device or on all; per-user it can only end everything."""
        claims = self._caller(request)
        user = self.people.users.get(str(claims.get("sub"))) if claims else None
        if user is None:
            return json_response(401, {"error": "login_required"})
        if self.policy.session_index == "per-user":
            self._end_all(user)
            return Response(204)
        for login in list(self.logins.of(user, request.param("client") or "", request.param("device") or "")):
            self._end(login)
        return Response(204)

    def set_user(self, request: Request) -> Response:
        """The operator's change to a user; what a disabled user holds ends only where it can be found (`session_index`)."""
        user, response = self.people.change(request)
        if user is not None and user.disabled and self.policy.session_index != "off":
            self._end_all(user)
        return response

    def _end(self, login: Login) -> None:
        """No more tokens for this login, and those that are out go on the list: by their login's id, or one by one."""
        if not login.alive:
            return
        login.alive = False
        self.net.noted(self.name, f"A login of {login.user.name} is ended.")
        if self.policy.session_index == "per-device":
            self.denylist.add_sign_in(login.sid, self.net.clock.now() + self.life)
            return
        for jti, exp in login.yielded:
            self.denylist.add(jti, exp)

    def _end_all(self, user: User) -> None:
        """End all logins of a user, and make void whatever was issued until now."""
        for login in self.logins.of(user):
            login.alive = False
        self.net.noted(self.name, f"All logins of {user.name} are ended.")
        self.denylist.add_user(user.name, self.net.clock.now() + self.life)

    def _caller(self, request: Request) -> Claims | None:
        """The claims of the living access token in the request; None if there is none."""
        checks, now = Checklist(self.net.trace, self.name), self.net.clock.now()
        scheme, value = request.credential() or ("", "")
        if not checks.test("token_present", scheme == "bearer", "an access token", scheme or "nothing"):
            return None
        try:
            token = decode(value)
        except NotAJwt as error:
            checks.test("format", False, "a JWT", str(error))
            return None
        alg, exp = token.header.get("alg"), number(token.claims.get("exp"))
        keys = [k for k in self.signing.verifying if k.kid == (token.header.get("kid") or "")]
        if not fits(checks, alg == self.key.alg and any(signature_fits(token, _verifier(k), k.alg) for k in keys)):
            return None
        if not checks.test("expiry", exp is not None and now < exp, f"later than {clock_time(now)}", dated(token.claims, "exp")):
            return None
        listed = self.denylist.revoked.covers(token.claims, now)
        return token.claims if checks.test("denylist", not listed, "not on the list", "listed" if listed else "not listed") else None

    # ---- for everybody, and for the services
    def jwks(self, request: Request) -> Response:
        """The public keys: of the current one and the next, so that services know it when it comes, and of the last ones."""
        keys = [k for k in (self.key, self.signing.coming, *self.signing.verifying[1:]) if k is not None and k.jwk]
        return json_response(200, {"keys": [k.jwk for k in keys]})

    def roles(self, request: Request) -> Response:
        """The roles of a user right now, for services that look them up."""
        refusal = for_services(self.net, self.name, request)
        if refusal is not None:
            return refusal
        user = self.people.users.get(request.param("user") or "")
        return json_response(200, {"roles": user.roles if user and not user.disabled else []})


def _fields(request: Request) -> Claims:
    """The JSON object in a request's body; an empty one if it is something else."""
    return request.json if isinstance(request.json, dict) else {}


def _verifier(key: Key) -> Any:
    """What verifies this key's signatures."""
    return public_key(key.jwk, key.alg) if key.jwk else key.secret
