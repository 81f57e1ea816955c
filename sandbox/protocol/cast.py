"""Who takes part: the people, machines and browsers of ConnectSphere, by the names that scenario files use.

Names and addresses only; what the parties do is in `parties/`, how they are wired together in `world.py`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["server", "client", "api", "gateway", "browser", "malware", "device", "person", "attacker", "clock"]

ISSUER = "https://auth.connectsphere.example"
BACKEND = "https://connectsphere.example"
APP = "https://app.connectsphere.example"
EVIL = "https://evil.example"
EVIL_AS = "https://as.evil.example"
LAPSED = "https://old-app.connectsphere.example"  # where the app was once; the name has lapsed, and Mallory has taken it
INTERNAL = "internal"  # the zone behind the gateway


@dataclass(frozen=True, slots=True)
class Member:
    """One member of the cast: its one name for people (`title`), and what it is, with the standard term (`about`).

    `role` is its switch prefix ('' if it has no switches); `host` its public address.
    """

    name: str
    kind: Kind
    title: str
    about: str
    host: str = ""
    role: str = ""
    owner: str = ""  # the person a browser belongs to
    hers: bool = False  # always under the attacker's control
    backed: str = ""  # what it is where it has a backend of its own
    replica_of: str = ""  # the API whose data and whose name in tokens this one shares
    path: str = ""  # of an API that has one address only, which is its name in tokens: the part after its host


CAST: dict[str, Member] = {
    m.name: m
    for m in (
        Member("alice", "person", "Alice", "resource owner"),
        Member("mallory", "attacker", "Mallory", "attacker", EVIL, hers=True),
        Member("admin", "person", "Admin", "operator of ConnectSphere"),
        Member("clock", "clock", "Clock", "virtual time"),
        Member("laptop", "browser", "Alice's browser", "on her laptop", owner="alice"),
        Member("phone", "browser", "Alice's phone", "browser and apps", owner="alice"),
        Member("mallory_browser", "browser", "Mallory's browser", "browser", owner="mallory", hers=True),
        Member(
            "app",
            "client",
            "ConnectSphere app",
            "client in the browser (public)",
            APP,
            "client",
            backed="client with a backend (confidential)",
        ),
        Member("mobile", "client", "ConnectSphere mobile", "client on the phone (public, native app)", "com.connectsphere.app:", "client"),
        Member("evil_mobile", "malware", "Mallory's app", "malicious app on Alice's phone", hers=True),
        Member("budget", "client", "Budget", "client with a server (confidential)", "https://budget.example", "client"),
        Member("tv", "device", "ConnectSphere TV", "client without a browser (public)"),
        Member("importer", "client", "ConnectSphere import", "client of the bank (confidential)", "https://import.connectsphere.example"),
        Member("cli", "client", "ConnectSphere CLI", "client on the command line (public, native app)", "http://127.0.0.1:8912"),
        Member("assistant", "client", "Assistant", "client of an AI tool (public)", "https://assistant.example"),
        Member("evil_app", "client", "Evil app", "client with a server, a quiz site", "https://evil-app.example", hers=True),
        Member("auth", "server", "Authorization server", "where Alice signs in", ISSUER, "as"),
        Member("backend", "server", "Backend", "where Alice signs in", BACKEND, "as"),
        Member("gateway", "gateway", "API gateway", "in front of the APIs", "https://api.connectsphere.example", "gw"),
        Member("accounts", "api", "Accounts", "API (resource server)", "https://accounts.connectsphere.example", "rs"),
        Member(
            "accounts_2",
            "api",
            "Accounts, replica 2",
            "API (resource server), like Accounts",
            "https://accounts-2.connectsphere.example",
            "rs",
            replica_of="accounts",
        ),
        Member("transactions", "api", "Transactions", "API (resource server)", "https://transactions.connectsphere.example", "rs"),
        Member("notifications", "api", "Notifications", "API (resource server)", "https://notifications.connectsphere.example", "rs"),
        Member(
            "tool_server",
            "api",
            "Tool server",
            "API (resource server) for AI tools",
            "https://tools.connectsphere.example",
            "rs",
            path="/mcp",
        ),
        Member("bank", "server", "Bank", "another authorization server and API", "https://bank.example"),
        Member("evil_as", "server", "Mallory's server", "authorization server at which clients are registered, too", EVIL_AS, hers=True),
    )
}


def place(name: str) -> str:
    """The network that a party is on, as a server sees it: a person's things are at home together."""
    return "Mallory's" if CAST[name].hers else "Alice's" if name in AT_ALICES else name


AT_ALICES = ("laptop", "phone", "tv", "app", "mobile", "cli")  # what stands in her home, or runs there

ROUTES = {  # of the gateway: the first part of the path, and the API whose it is
    "accounts": "accounts",
    "admin": "accounts",
    "transactions": "transactions",
    "users": "transactions",
    "notifications": "notifications",
}
ROLES = {"as": "authorization server", "client": "client", "rs": "resource server", "gw": "gateway"}


def instances(role: str) -> tuple[str, ...]:
    """The members that have this switch prefix."""
    return tuple(m.name for m in CAST.values() if m.role == role)


def resource(name: str) -> str:
    """How tokens name this API (RFC 8707 §2): by its address, or by that of the API that it is a replica of."""
    named = CAST[CAST[name].replica_of or name]
    return f"{named.host}{named.path}"


def internal(name: str) -> str:
    """The address of a service behind the gateway, in the zone `internal`."""
    return f"http://{name}.internal"


def addresses() -> tuple[str, ...]:
    """Every origin that somebody has, from outside and from the zone `internal`."""
    return tuple(
        dict.fromkeys(
            [*(m.host for m in CAST.values() if m.host), LAPSED, *(internal(name) for name in instances("rs") if not CAST[name].path)]
        )
    )


def made_up(host: str) -> bool:
    """Whether this is a host below Mallory's domain: whoever owns a domain can make up hosts."""
    return host.endswith(f".{EVIL.removeprefix('https://')}")


def title(name: str) -> str:
    """How a party is called where people read it."""
    return CAST[name].title if name in CAST else name


_OWNERS = "|".join(m.name for m in CAST.values() if m.kind in ("person", "attacker"))
MARKER = re.compile(rf"\b(?:{_OWNERS}):[a-z0-9][a-z0-9_-]*")  # of the data of a person: alice:account-1
