"""The directory of users that ConnectSphere's login knows: names, passwords, roles.  Shared by `auth` and `backend`."""

from __future__ import annotations

from dataclasses import dataclass, field

from sandbox.core.wire import Request, Response, json_response

CLAIMS_OF = {  # which scope tells which claims (OIDC Core §5.4)
    "profile": (
        "name", "family_name", "given_name", "middle_name", "nickname", "preferred_username", "profile", "picture", "website",
        "gender", "birthdate", "zoneinfo", "locale", "updated_at",
    ),
    "email": ("email", "email_verified"),
    "address": ("address",),
    "phone": ("phone_number", "phone_number_verified"),
}  # fmt: skip


@dataclass
class User:
    """One account.  `name` is also the subject (`sub`) of its tokens; `own`: claims by the scope that tells them, instead of the usual
    ones or beside them."""

    name: str
    full_name: str
    password: str
    roles: list[str] = field(default_factory=lambda: ["user"])
    groups: list[str] = field(default_factory=list)
    permissions: list[str] = field(default_factory=lambda: ["accounts.view", "transactions.view"])
    disabled: bool = False
    authenticator: str = ""  # the secret in the person's authenticator app, in base32; '' if there is none
    own: dict[str, dict[str, object]] = field(default_factory=dict)

    @property
    def email(self) -> str:
        return str(self.own.get("email", {}).get("email", f"{self.name}@connectsphere.example"))

    def claims(self) -> dict[str, dict[str, object]]:
        """What each scope of OIDC Core §5.4 tells, and each other one that tells something of this account."""
        given, _, family = self.full_name.partition(" ")
        usual: dict[str, dict[str, object]] = {
            "profile": {"name": self.full_name, "given_name": given, "family_name": family, "preferred_username": self.name},
            "email": {"email": self.email, "email_verified": True},
            "address": {"address": {"street_address": "1 Sample Street", "locality": "Vienna", "country": "AT"}},
            "phone": {"phone_number": "+43 1 5550100", "phone_number_verified": False},
        }
        return {scope: usual.get(scope, {}) | self.own.get(scope, {}) for scope in dict.fromkeys((*usual, *self.own))}

    def facts(self) -> dict[str, object]:
        """All of these claims by name, whichever scope tells them."""
        return {name: value for claims in self.claims().values() for name, value in claims.items()}

    def told_by(self, scopes: list[str]) -> frozenset[str]:
        """The claims that these scopes tell."""
        return frozenset(name for scope, claims in self.claims().items() if scope in scopes for name in claims)

    def get_user_id(self) -> str:
        return self.name

    def personal(self) -> dict[str, object]:
        """What a token carries about a person if nobody thinks about it (RFC 9068 §6 advises to think)."""
        return {"name": self.full_name, "email": self.email}

    def value(self, what: str) -> str | None:
        """The value behind a marker of personal data: `alice:email`, `alice:name`."""
        return {"email": self.email, "name": self.full_name}.get(what)


@dataclass
class Directory:
    """All users by name."""

    users: dict[str, User]

    def login(self, name: str | None, password: str | None) -> User | None:
        """The user, if name and password fit."""
        user = self.users.get(name or "")
        return user if user is not None and user.password == password else None

    def change(self, request: Request) -> tuple[User | None, Response]:
        """`PATCH /admin/users/NAME` by the operator, over the internal network: roles, number of groups and permissions, disabled."""
        user, wanted = self.users.get(request.path.rpartition("/")[2]), request.json
        if request.peer != "admin" or request.method != "PATCH":
            return None, json_response(403, {"error": "access_denied"})
        if user is None or not isinstance(wanted, dict):
            return None, json_response(404, {"error": "not_found"})
        if not _change(wanted):
            text = "roles is a list of words, disabled true or false, groups and permissions numbers up to 1000"
            return None, json_response(400, {"error": "invalid_request", "error_description": text})
        user.roles = list(wanted.get("roles", user.roles))
        user.disabled = wanted.get("disabled", user.disabled)
        user.groups = [f"group-{i:03}" for i in range(wanted["groups"])] if "groups" in wanted else user.groups
        user.permissions = [f"permission-{i:03}.use" for i in range(wanted["permissions"])] if "permissions" in wanted else user.permissions
        return user, Response(204)


def _change(wanted: dict[str, object]) -> bool:
    """Whether the operator's change is one that can be made."""
    roles, disabled = wanted.get("roles", []), wanted.get("disabled", False)
    counts = [wanted[name] for name in ("groups", "permissions") if name in wanted]
    words = isinstance(roles, list) and all(isinstance(role, str) for role in roles)
    return words and isinstance(disabled, bool) and all(type(n) is int and 0 <= n <= 1000 for n in counts)


def people() -> Directory:
    """Alice, Mallory and the operator."""
    users = (
        User("alice", "Alice Adler", "wonderland", authenticator="NBSWY3DPO5XXE3DE"),
        User("mallory", "Mallory Marsh", "trustno1", authenticator="ORZHK43UNZXTCMJB"),
        User("admin", "Ada Admin", "root-of-all", roles=["admin", "user"], authenticator="OJXW65BNN5TC2YLM"),
    )
    return Directory({u.name: u for u in users})
