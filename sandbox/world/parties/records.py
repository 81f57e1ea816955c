"""What the APIs hold: objects that belong to people, each marked with its owner, and the addresses at which they are served.

A marker such as `alice:account-1` is how the trace shows whose data went where.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from sandbox.core.wire import Request, Response, json_response
from sandbox.world.parties.limits import full


@dataclass(frozen=True, slots=True)
class Route:
    """One operation: method, path pattern, the scope and the role it needs, and what it does."""

    method: str
    pattern: str
    scope: str
    action: str
    role: str = ""


ROUTES: dict[str, tuple[Route, ...]] = {
    "account": (
        Route("GET", r"/accounts", "read", "list"),
        Route("GET", r"/accounts/imports", "read", "imports"),
        Route("POST", r"/accounts/imports", "write", "import"),
        Route("GET", r"/admin/export", "read", "export", "admin"),
    ),
    "transaction": (
        Route("GET", r"/transactions", "read", "list"),
        Route("GET", r"/transactions/(?P<id>\d+)", "read", "one"),
        Route("DELETE", r"/transactions/(?P<id>\d+)", "write", "delete"),
        Route("DELETE", r"/users/(?P<user>[a-z]+)/transactions/(?P<id>\d+)", "write", "delete", "admin"),
    ),
    "statement": (
        Route("GET", r"/statements", "statements", "list"),
        Route("POST", r"/payments", "payments", "pay"),
    ),
    "notification": (
        Route("GET", r"/notifications", "read", "list"),
        Route("POST", r"/notifications", "notify", "notify"),
    ),
    "note": (Route("POST", r"/mcp", "read", "message"),),  # what each message may do is said by tool_server.py
}


def paths() -> tuple[str, ...]:
    """Each address that the APIs know, once, with the numbers and names that the world has."""
    patterns = (route.pattern for routes in ROUTES.values() for route in routes)
    return tuple(dict.fromkeys(shown(pattern) for pattern in patterns))


def shown(pattern: str) -> str:
    """The pattern of a path as an example of it: /transactions/7."""
    return pattern.replace(r"(?P<id>\d+)", "7").replace("(?P<user>[a-z]+)", "alice")


HELD: dict[str, dict[str, str]] = {  # kind -> marker -> owner, when the world begins
    "account": {"alice:account-1": "alice", "mallory:account-2": "mallory"},
    "transaction": {"alice:transaction-7": "alice", "mallory:transaction-8": "mallory"},
    "statement": {"alice:statement-1": "alice"},
    "notification": {"alice:notification-1": "alice", "mallory:notification-2": "mallory"},
    "note": {"alice:note-1": "alice", "mallory:note-2": "mallory"},
}
GROWING = "notification"  # the kind of which more can be made, each with the next number


@dataclass
class Records:
    """One API's objects of one `kind`, by marker with their owner, and the uploads of each user."""

    kind: str
    objects: dict[str, str]
    imports: dict[str, list[str]] = field(default_factory=dict)
    payments: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, kind: str) -> Records:
        """The records of this kind when the world begins."""
        return cls(kind, dict(HELD[kind]))

    def route(self, method: str, path: str) -> Route | None:
        """The operation behind an address."""
        return next((r for r in ROUTES[self.kind] if r.method == method and re.fullmatch(r.pattern, path)), None)

    def methods(self, path: str) -> list[str]:
        """The methods that an address knows; none if there is no such address."""
        known = [r.method for r in ROUTES[self.kind] if re.fullmatch(r.pattern, path)]
        return list(dict.fromkeys([*known, *(["HEAD"] if "GET" in known else [])]))

    def offers(self) -> dict[str, str]:
        """Each address as an example of it, with its methods."""
        return {shown(r.pattern): " ".join(self.methods(shown(r.pattern))) for r in ROUTES[self.kind]}

    def act(self, route: Route, request: Request, user: str) -> Response:
        """Do it, for this user."""
        named = re.fullmatch(route.pattern, request.path)
        part = named.groupdict() if named else {}
        mine = [marker for marker, owner in self.objects.items() if owner == user]
        if route.action == "list":
            return json_response(200, {"owner": user, f"{self.kind}s": mine})
        if route.action == "imports":
            return json_response(200, {"owner": user, "imports": self.imports.get(user, [])})
        if route.action == "import":
            statement = (request.json or {}).get("statement") if isinstance(request.json, dict) else None
            mine_too = self.imports.setdefault(user, [])
            if full(mine_too):
                return json_response(409, {"error": "too_many", "error_description": "There is no room for another statement."})
            mine_too.append(str(statement))
            return json_response(201, {"owner": user, "imported": str(statement)})
        if route.action == "pay":
            self.payments.append(f"{user} pays {(request.json or {}).get('to')}")
            return json_response(201, {"owner": user, "payment": len(self.payments)})
        if route.action == "notify":
            return self._notify(request.json if isinstance(request.json, dict) else {})
        if route.action == "export":
            return json_response(200, {"everything": sorted(self.objects)})
        return self._single(route.action, f"{part.get('user', user)}:{self.kind}-{part['id']}")

    def _notify(self, wanted: dict[str, object]) -> Response:
        """A service tells a user something: one more object that belongs to that user."""
        to = str(wanted.get("user"))
        marker = f"{to}:{self.kind}-{len(self.objects) + 1}"
        self.objects[marker] = to
        return json_response(201, {"sent": marker})

    def _single(self, action: str, marker: str) -> Response:
        if marker not in self.objects:
            return json_response(404, {"error": "not_found"})
        if action == "delete":
            del self.objects[marker]
            return json_response(200, {"deleted": marker})
        return json_response(200, {self.kind: marker})

    def state(self) -> dict[str, str]:
        out = {f"{self.kind}s": ", ".join(self.objects)} | ({"payments": ", ".join(self.payments)} if self.payments else {})
        return out | {f"imports of {user}": ", ".join(items) for user, items in self.imports.items()}
