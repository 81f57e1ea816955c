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

    `says` tells a newcomer what it does here, `ref` where a standard says what such a party is ('' if none does).
    `role` is its switch prefix ('' if it has no switches); `host` its public address.
    """

    name: str
    kind: Kind
    title: str
    about: str
    says: str
    ref: str
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
        Member(
            "alice",
            "person",
            "Alice",
            "resource owner",
            "The person whose data it is, the resource owner. What an application may do with her data, she decides.",
            "RFC 6749 §1.1",
        ),
        Member(
            "mallory",
            "attacker",
            "Mallory",
            "attacker",
            "Somebody who wants what is not hers. What she can see and do is different in each story, and the story says it.",
            "RFC 9700 §3",
            EVIL,
            hers=True,
        ),
        Member(
            "admin",
            "person",
            "Admin",
            "operator of ConnectSphere",
            "Somebody who runs ConnectSphere's servers, and may change there who may do what.",
            "",
        ),
        Member(
            "clock",
            "clock",
            "Clock",
            "virtual time",
            "The time of this world. It passes only when a story says so, and so a run is the same each time.",
            "",
        ),
        Member(
            "laptop",
            "browser",
            "Alice's browser",
            "on her laptop",
            "The browser on Alice's laptop. It carries messages between servers that do not meet, and keeps cookies and a history.",
            "RFC 6749 §4.1",
            owner="alice",
        ),
        Member(
            "phone",
            "browser",
            "Alice's phone",
            "browser and apps",
            "Alice's phone, with a browser and apps. When an address belongs to an app, the phone decides which app gets it.",
            "RFC 8252 §7.1",
            owner="alice",
        ),
        Member(
            "mallory_browser",
            "browser",
            "Mallory's browser",
            "browser",
            "The browser that Mallory uses herself. It sends whatever she likes.",
            "",
            owner="mallory",
            hers=True,
        ),
        Member(
            "app",
            "client",
            "ConnectSphere app",
            "client in the browser (public)",
            "ConnectSphere's own application in the browser: a public client, unless a lesson gives it a server that keeps its secrets.",
            "RFC 6749 §2.1",
            APP,
            "client",
            backed="client with a backend (confidential)",
        ),
        Member(
            "mobile",
            "client",
            "ConnectSphere mobile",
            "client on the phone (public, native app)",
            "ConnectSphere's own app on the phone: a public client, because whatever is inside it can be read by whoever has it.",
            "RFC 8252 §8.4",
            "com.connectsphere.app:",
            "client",
        ),
        Member(
            "evil_mobile",
            "malware",
            "Mallory's app",
            "malicious app on Alice's phone",
            "An app of Mallory's that Alice has installed. It can claim the addresses of a genuine app.",
            "RFC 8252 §8.1",
            hers=True,
        ),
        Member(
            "budget",
            "client",
            "Budget",
            "client with a server (confidential)",
            "A budget planner of another company, which reads Alice's accounts: a confidential client, whose server keeps a secret.",
            "RFC 6749 §2.1",
            "https://budget.example",
            "client",
        ),
        Member(
            "tv",
            "device",
            "ConnectSphere TV",
            "client without a browser (public)",
            "ConnectSphere on a television: a client that has no browser, so that Alice signs in on another device.",
            "RFC 8628 §1",
        ),
        Member(
            "importer",
            "client",
            "ConnectSphere import",
            "client of the bank (confidential)",
            "The part of ConnectSphere that reads Alice's statements at her bank. To the bank it is a client like any other.",
            "RFC 6749 §1.1",
            "https://import.connectsphere.example",
        ),
        Member(
            "cli",
            "client",
            "ConnectSphere CLI",
            "client on the command line (public, native app)",
            "ConnectSphere's tool on the command line: a public client that opens the browser, and waits for it on the same machine.",
            "RFC 8252 §7.3",
            "http://127.0.0.1:8912",
        ),
        Member(
            "assistant",
            "client",
            "Assistant",
            "client of an AI tool (public)",
            "An AI assistant that uses tools in Alice's name. For OAuth it is a client, and needs her consent like any other.",
            "RFC 6749 §1.1",
            "https://assistant.example",
        ),
        Member(
            "evil_app",
            "client",
            "Evil app",
            "client with a server, a quiz site",
            "A quiz site of Mallory's. It is registered as a client, and so it may ask people for permissions.",
            "RFC 9700 §3",
            "https://evil-app.example",
            hers=True,
        ),
        Member(
            "auth",
            "server",
            "Authorization server",
            "where Alice signs in",
            "The server where Alice signs in and agrees. Only it sees her password; it hands out the tokens.",
            "RFC 6749 §1.1",
            ISSUER,
            "as",
        ),
        Member(
            "backend",
            "server",
            "Backend",
            "where Alice signs in",
            "The server of a design without OAuth. Alice signs in there, and it makes one JWT that is shown to every API.",
            "RFC 7519 §1",
            BACKEND,
            "as",
        ),
        Member(
            "gateway",
            "gateway",
            "API gateway",
            "in front of the APIs",
            "The server in front of the APIs, through which requests from outside come. Some designs check tokens only here.",
            "RFC 9700 §4.13",
            "https://api.connectsphere.example",
            "gw",
        ),
        Member(
            "accounts",
            "api",
            "Accounts",
            "API (resource server)",
            "The API with Alice's accounts, a resource server. It decides at each request whether the token is good for it.",
            "RFC 6749 §1.1",
            "https://accounts.connectsphere.example",
            "rs",
        ),
        Member(
            "accounts_2",
            "api",
            "Accounts, replica 2",
            "API (resource server), like Accounts",
            "A second server of the same API, with the same data. What one of them has seen, the other need not know.",
            "RFC 6749 §1.1",
            "https://accounts-2.connectsphere.example",
            "rs",
            replica_of="accounts",
        ),
        Member(
            "transactions",
            "api",
            "Transactions",
            "API (resource server)",
            "The API with Alice's transactions, a resource server. A token for Accounts should be worth nothing here.",
            "RFC 6749 §1.1",
            "https://transactions.connectsphere.example",
            "rs",
        ),
        Member(
            "notifications",
            "api",
            "Notifications",
            "API (resource server)",
            "The API with Alice's notifications, a resource server. It matters little by itself, and should open nothing else.",
            "RFC 6749 §1.1",
            "https://notifications.connectsphere.example",
            "rs",
        ),
        Member(
            "tool_server",
            "api",
            "Tool server",
            "API (resource server) for AI tools",
            "An API that does things for AI tools, a resource server like the others.",
            "RFC 6749 §1.1",
            "https://tools.connectsphere.example",
            "rs",
            path="/mcp",
        ),
        Member(
            "bank",
            "server",
            "Bank",
            "another authorization server and API",
            "Alice's bank, another company. It has a sign-in and an API of its own, and trusts nobody here by itself.",
            "RFC 6749 §1.1",
            "https://bank.example",
        ),
        Member(
            "evil_as",
            "server",
            "Mallory's server",
            "authorization server at which clients are registered, too",
            "An authorization server that Mallory runs. Honest clients that work with several servers may be registered there, too.",
            "RFC 9700 §4.4",
            EVIL_AS,
            hers=True,
        ),
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
