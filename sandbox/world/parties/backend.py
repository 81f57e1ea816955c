"""The backend of the naive design: `POST /login` checks a password and hands out a JWT that every service accepts.

Plausible and home-made, not stupid: the password is checked, the token is signed and expires.  What it lacks is what its switches say.
"""

from __future__ import annotations

from sandbox.core.wire import Request, Response, json_response
from sandbox.protocol.checks import Checklist
from sandbox.protocol.tokens import NotAJwt, decode
from sandbox.world.network import Network
from sandbox.world.parties import cors
from sandbox.world.parties.denylist import Denylist, for_services
from sandbox.world.parties.issuer import IssuerConfig
from sandbox.world.parties.limits import too_large
from sandbox.world.parties.people import Directory, User

SHORT, LONG = 900, 86400  # seconds


class Backend:
    """Logs people in."""

    def __init__(self, name: str, net: Network, config: IssuerConfig, people: Directory) -> None:
        self.name, self.net, self.people = name, net, people
        self.policy, self.issuer, self.key, self.resources = config.policy, config.url, config.key, config.resources
        self.denylist = Denylist(net, name, config.subscribers)
        self.issued = 0

    def handle(self, request: Request) -> Response:
        """Answer any request; an address that does not exist is a 404."""
        refusal = too_large(request)
        if refusal is not None:
            return refusal
        if request.path.startswith("/admin/users/"):
            return self.people.change(request)[1]
        return cors.served(request, self._answer)

    def _answer(self, request: Request) -> Response:
        actions = {
            ("POST", "/login"): self.login,
            ("POST", "/logout"): self.logout,
            ("GET", "/jwks"): self.jwks,
            ("GET", "/denylist"): self.denylist.answer,
            ("GET", "/roles"): self.roles,
        }
        action = actions.get((request.method, request.path))
        return action(request) if action else json_response(404, {"error": "not_found"})

    def state(self) -> dict[str, str]:
        return {"tokens issued": str(self.issued)} | {f"denylist {jti}": "until it expires" for jti in self.denylist.entries}

    def login(self, request: Request) -> Response:
        """Name and password in, JWT out.  Any app may ask: there are no clients here, only people."""
        body, checks = request.json, Checklist(self.net.trace, self.name)
        body = body if isinstance(body, dict) else {}
        user = self.people.login(str(body.get("username")), str(body.get("password")))
        if not checks.test("password", user is not None, "a user and its password", body.get("username") or "nobody"):
            return json_response(401, {"error": "access_denied"})
        assert user is not None
        if not checks.test("account_active", not user.disabled, "not disabled", "disabled" if user.disabled else "active"):
            return json_response(401, {"error": "access_denied"})
        audience = body.get("audience", self.resources[0])
        if self.policy.stamp_aud == "on" and not checks.test("resource", audience in self.resources, "one of our services", audience):
            return json_response(400, {"error": "invalid_target"})
        self.issued += 1
        life = SHORT if self.policy.short_ttl == "on" else LONG
        token = self.key.sign(self.claims(user, str(audience), life), "at+jwt" if self.policy.stamp_typ == "on" else "JWT")
        self.net.issued(self.name, "access_token", token, user.name, "")
        return json_response(200, {"access_token": token, "token_type": "Bearer", "expires_in": life}, ("Cache-Control", "no-store"))

    def claims(self, user: User, audience: str, life: int) -> dict[str, object]:
        """What the services are told about the user."""
        now = self.net.clock.now()
        out: dict[str, object] = {"iss": self.issuer, "sub": user.name, "iat": now, "exp": now + life}
        out |= {"aud": audience} if self.policy.stamp_aud == "on" else {}
        out |= {"jti": self.net.entropy.token("jti", 9)} if self.policy.revocation == "on" else {}
        if self.policy.min_claims == "off":
            role = "admin" if "admin" in user.roles else "user"
            out |= user.personal() | {"role": role, "groups": user.groups, "permissions": user.permissions}
        return out

    def logout(self, request: Request) -> Response:
        """204 in any case; the token dies only where there is a list of the dead."""
        scheme, token = request.credential() or ("", "")
        if self.policy.revocation == "on" and scheme == "bearer":
            try:
                claims = decode(token).claims
                self.denylist.add(str(claims.get("jti")), int(claims.get("exp", 0)))
            except (NotAJwt, ValueError, TypeError):
                return json_response(400, {"error": "invalid_token"})
        return Response(204)

    def jwks(self, request: Request) -> Response:
        return json_response(200, {"keys": [self.key.jwk] if self.key.jwk else []})

    def roles(self, request: Request) -> Response:
        """The roles of a user right now, for services that look them up."""
        refusal = for_services(self.net, self.name, request)
        if refusal is not None:
            return refusal
        user = self.people.users.get(request.param("user") or "")
        return json_response(200, {"roles": user.roles if user and not user.disabled else []})
