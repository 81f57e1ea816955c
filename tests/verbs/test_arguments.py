"""Every argument counts: beside any other one it changes what happens, or the file that has both is refused with position and cure.

A new argument, or a new verb, needs a row in TRIALS.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import pytest

from sandbox.language.source import Problem, ScenarioError
from sandbox.verbs.table import VERBS
from tests.support.short_stories import story, told

pytestmark = pytest.mark.slow

ACCOUNTS = "https://accounts.connectsphere.example/accounts"
BUDGET = "https://budget.example/login"
EVIL_AS = "https://as.evil.example"
EVIL = "https://evil.example"
TOKEN = "$in.access_token"

HERS = "in app.sign_in {browser: mallory_browser, user: mallory}"
SIGNED_IN = "in app.sign_in {browser: laptop}"
AGREED = "in budget.sign_in {browser: laptop}"
LOGGED = f"{SIGNED_IN}\n" + "\n".join(
    f"{i} app.call_api {{browser: laptop, api: accounts, path: {p}}}" for i, p in {"a": "/accounts/2", "b": "/accounts"}.items()
)


@dataclass(frozen=True)
class Trial:
    """A step whose arguments are tried.

    `always`: arguments that are there each time, with another value to compare with; `also`: those that may be left out.
    `silent`: (this one, beside that one) where nothing can change, with the reason.
    """

    do: str
    always: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    also: dict[str, Any] = field(default_factory=dict)
    before: str = ""
    after: str = ""
    profile: str = "oauth-bcp"
    switches: tuple[tuple[str, str], ...] = ()
    silent: dict[tuple[str, str], str] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        return (*self.always, *self.also)

    def given(self, *names: str) -> dict[str, Any]:
        """What is always given, and these."""
        return {n: first for n, (first, _) in self.always.items()} | {n: self.also[n] for n in names if n in self.also}

    def without(self, given: dict[str, Any], name: str) -> dict[str, Any]:
        """The same without this one, or with its other value."""
        return given | {name: self.always[name][1]} if name in self.always else {k: v for k, v in given.items() if k != name}

    def happens(self, given: dict[str, Any]) -> Any:
        """What happens with these arguments; None if the file is refused."""
        return happens(self.profile, f"{self.before}\nit {self.do} {json.dumps(given)}\n{self.after}", self.switches)


def refusals(profile: str, steps: str) -> tuple[Problem, ...]:
    try:
        story(steps, profile, knows="")
    except ScenarioError as error:
        return error.problems
    return ()


@cache
def happens(profile: str, steps: str, switches: tuple[tuple[str, str], ...] = ()) -> Any:
    problems = refusals(profile, steps)
    assert all("{id: it," in p.source_line and p.cure for p in problems), problems
    if problems:
        return None
    record = told(steps, profile, knows="", **dict(switches))
    return record.events, record.outputs, record.pages


ALSO_SENT = {"method": "PUT", "json": {"a": 1}, "headers": {"X-A": "b"}}
PRESENTED = ALSO_SENT | {"via": "gateway", "scheme": "bearer", "from": "evil_mobile"}
SENT = ALSO_SENT | {"form": {"c": "d"}, "token": TOKEN, "from": "evil_mobile", "change": {"query": {"e": "f"}, "headers": {"X-G": "h"}}}
GRANTS = {
    "code": "c",
    "redirect_uri": BUDGET,
    "verifier": "v",
    "refresh_token": "r",
    "device_code": "d",
    "user": "alice",
    "password": "p",
    "client_secret": "s",
    "registered": "r",
}
SEARCH = {"browser": "laptop", "match": "/2", "take": True}

TRIALS = (
    Trial(
        "app.sign_in",
        {"browser": ("laptop", "phone")},
        {"user": "mallory", "scope": "openid read", "api": "transactions", "response": "token", "how": "password", "hold": "app"},
        silent={
            ("hold", "how"): "the page's script sends the password; nothing goes to the app again",
            ("user", "response"): "the server refuses this response type before it asks who is there",
        },
    ),
    Trial("app.sign_in", {"browser": ("laptop", "phone"), "how": ("password", "redirect")}, {"at": "bank", "response": "token"}),
    Trial("app.sign_in", {"browser": ("laptop", "phone")}, {"at": "bank"}),
    Trial("importer.sign_in", {"browser": ("laptop", "phone"), "how": ("password", "redirect")}, {"scope": "payments", "api": "bank"}),
    Trial(
        "mallory.call_api",
        {"api": ("accounts", "transactions"), "path": ("/accounts", "/accounts/2"), "token": (TOKEN, "nonsense")},
        PRESENTED | {"browser": "laptop"},
        before=HERS,
    ),
    Trial(
        "app.call_api",
        {"browser": ("laptop", "phone"), "api": ("accounts", "transactions"), "path": ("/accounts", "/accounts/2")},
        PRESENTED | {"token": "nonsense"},
        before=SIGNED_IN,
    ),
    Trial(
        "transactions.call_api",
        {"api": ("notifications", "accounts"), "path": ("/notifications", "/accounts")},
        PRESENTED | {"browser": "laptop", "token": "nonsense"},
        before="a transactions.redeem {client: transactions, api: notifications, scope: notify}\n"
        "b transactions.redeem {client: transactions, api: accounts, scope: notify}",
    ),
    Trial("app.refresh", {"browser": ("laptop", "phone")}, before=SIGNED_IN),
    Trial("mallory.redeem", {"client": ("budget", "app")}, GRANTS | {"at": "bank", "scope": "read", "api": "accounts"}),
    Trial("app.redeem", {"client": ("budget", "app")}, GRANTS | {"at": "bank", "scope": "read", "api": "accounts"}),
    Trial(
        "mallory.redeem",
        {"client": ("app", "budget"), "password": ("p", "q")},
        {"user": "alice", "api": "accounts", "at": "bank"},
        profile="naive-jwt",
        silent=dict.fromkeys(
            (("client", other) for other in ("", "client", "password", "user", "api")), "the backend knows people, not clients"
        ),
    ),
    Trial("laptop.visit", {"url": (BUDGET, f"{BUDGET}?a=b")}, {"change": {"query": {"c": "d"}}, "hold": "auth"}),
    Trial(
        "laptop.follow",
        {},
        {"change": {"query": {"state": "other"}}, "hold": "budget"},
        before=f"{AGREED}\ngo laptop.visit {{url: '{BUDGET}', hold: auth}}",
    ),
    Trial(
        "mallory_browser.log_in",
        {},
        {"user": "alice", "password": "p", "hold": "budget"},
        before=f"{AGREED}\ntoo budget.sign_in {{browser: phone, user: mallory}}\nthere mallory_browser.visit {{url: '{BUDGET}'}}",
        silent={("hold", "password"): "a wrong password leads nowhere"},
    ),
    Trial("laptop.approve", {}, {"hold": "budget"}, before=f"there laptop.visit {{url: '{BUDGET}'}}"),
    Trial("laptop.log_out", {"client": ("app", "budget")}),
    Trial("laptop.log_out_everywhere", {"client": ("app", "budget")}, {"hold": "auth"}, before=SIGNED_IN),
    Trial("laptop.disconnect", {"client": ("app", "budget")}, {"device": "phone", "at": "bank"}, before=SIGNED_IN),
    Trial("mallory.send", {"url": (ACCOUNTS, f"{ACCOUNTS}/2")}, SENT, before=HERS),
    Trial("mallory_browser.send", {"url": (ACCOUNTS, f"{ACCOUNTS}/2")}, SENT, before=HERS),
    Trial("mallory.send", {"like": ("$in.request", "$look.request")}, SENT, before=f"{HERS}\nlook mallory_browser.visit {{url: '{EVIL}'}}"),
    Trial(
        "mallory.lure",
        {"browser": ("laptop", "phone"), "url": (BUDGET, f"{BUDGET}?a=b")},
        {"change": {"query": {"c": "d"}}, "form": {"e": "f"}, "hold": "auth"},
        silent={("hold", "form"): "Budget answers a POST to this address with 405, and sends nobody on"},
    ),
    Trial(
        "mallory.act",
        {"browser": ("laptop", "phone"), "in": ("app", "budget"), "url": (ACCOUNTS, f"{ACCOUNTS}/2")},
        {"change": {"query": {"c": "d"}}, "method": "PATCH", "headers": {"traceparent": "1"}, "form": {"e": "f"}, "cookies": True},
        before=SIGNED_IN,
    ),
    Trial("mallory.act", {"browser": ("laptop", "phone"), "in": ("app", "budget"), "url": (ACCOUNTS, f"{ACCOUNTS}/2")}, {"json": {"g": 1}}),
    Trial("mallory.act", {"browser": ("laptop", "phone"), "in": ("app", "budget"), "url": (BUDGET, f"{BUDGET}?a=b")}, {"frame": True}),
    Trial("mallory.read", {"log": ("accounts", "laptop")}, SEARCH | {"history": "laptop"}, before=LOGGED),
    Trial("mallory.read", {"history": ("laptop", "phone")}, SEARCH | {"storage": "app", "match": "/login"}, before=LOGGED),
    Trial(
        "mallory.read",
        {"storage": ("app", "mobile")},
        SEARCH | {"device": "phone"},
        before=SIGNED_IN,
        after="r app.refresh {browser: laptop}",
    ),
    Trial("mallory.read", {"device": ("phone", "laptop")}, SEARCH | {"log": "accounts"}, before=SIGNED_IN),
    Trial(
        "mallory.serve",
        {"url": (f"{EVIL}/x", f"{EVIL}/y")},
        {"json": [1], "redirect": BUDGET, "status": 303, "keep": ["a"], "page": "login", "headers": {"X-A": "b"}},
        after=f"look mallory_browser.send {{url: '{EVIL}/x?a=b'}}",
    ),
    Trial(
        "mallory.vouch",
        {"claims": ({"sub": "1"}, {"sub": "2"})},
        after=f"look mallory_browser.visit {{url: '{EVIL_AS}/authorize?redirect_uri={EVIL}/cb'}}\n"
        f"it_says mallory.send {{url: '{EVIL_AS}/token', form: {{code: $look.url.query.code}}}}",
    ),
    Trial("mallory.popup", {"browser": ("laptop", "phone"), "url": (BUDGET, f"{BUDGET}?a=b")}, {"change": {"query": {"c": "d"}}}),
    Trial("mallory.frame", {"browser": ("laptop", "phone"), "url": (BUDGET, f"{BUDGET}?a=b")}, {"change": {"query": {"c": "d"}}}),
    Trial(
        "mallory.forge",
        {"key": ("a word", "none")},
        {"from": TOKEN, "header": {"alg": "ES256"}, "claims": {"sub": "alice"}},
        before=HERS,
    ),
    Trial("mallory.forge", {"key": ("none", "random")}, {"around": TOKEN, "claims": {"sub": "alice"}}, before=HERS),
    Trial("mallory.forge", {"key": ("guessed", "zeros")}, {"from": TOKEN}, before=HERS),
    Trial(
        "admin.set_user",
        {"user": ("alice", "mallory")},
        {"roles": ["admin"], "groups": 3, "permissions": 3, "disabled": True},
    ),
    Trial("clock.wait", {"seconds": (60, 61)}),
    Trial(
        "budget.step_up",
        {"browser": ("laptop", "phone")},
        {"hold": "auth"},
        before="in budget.sign_in {browser: laptop, scope: read write}\n"
        "no budget.call_api {browser: laptop, api: accounts, path: /accounts/imports, method: POST, json: {statement: x}}",
        switches=(("rs_step_up", "two-factor"),),
    ),
    Trial(
        "transactions.exchange",
        {"token": ("$use.request.token", "made up"), "api": ("accounts", "notifications")},
        {"scope": "write"},
        before="in budget.sign_in {browser: laptop, scope: read write}\n"
        "use budget.call_api {browser: laptop, api: transactions, path: /transactions}",
        switches=(("as_token_exchange", "on"),),
    ),
    Trial(
        "transactions.act_for",
        {"on": ("$use.request", "$other.request"), "api": ("accounts", "notifications"), "path": ("/accounts", "/notifications")},
        {"user": "mallory", "method": "POST", "json": {"a": 1}, "scope": "write"},
        before="in budget.sign_in {browser: laptop, scope: read write}\n"
        "use budget.call_api {browser: laptop, api: transactions, path: /transactions}\n"
        "see app.sign_in {browser: mallory_browser, user: mallory, scope: read write, api: transactions}\n"
        "other app.call_api {browser: mallory_browser, api: transactions, path: /transactions}",
        switches=(("as_token_exchange", "on"), ("rs_calls", "token-exchange")),
    ),
    Trial("admin.trust", {"server": ("evil_as", "bank")}),
    Trial("admin.rotate_key", {}, {"at_once": True}),
    Trial("admin.remove_client", {"client": ("budget", "app")}),
    Trial("tv.show_code", {}, {"scope": "openid", "api": "transactions"}, switches=(("as_device_flow", "on"),)),
    Trial(
        "phone.type_code",
        {"code": ("$show.json.user_code", "BBBB-BBBB")},
        before="show tv.show_code\nsee phone.visit {url: $show.json.verification_uri}\nin phone.log_in",
        switches=(("as_device_flow", "on"),),
    ),
)


@pytest.mark.parametrize("trial", TRIALS, ids=lambda t: f"{t.do}-{'-'.join(t.names)}")
def test_no_argument_is_ignored(trial: Trial) -> None:
    ignored = set()
    for name in trial.names:
        for other in ("", *trial.names):
            both = trial.given(name, other)
            with_it, without_it = trial.happens(both), trial.happens(trial.without(both, name))
            if with_it == without_it and with_it is not None:
                ignored.add((name, other))
    assert ignored == set(trial.silent), (
        "an argument beside which another one has no effect must be refused in the model or in `suits`; "
        "if the story itself makes it silent, say why in `silent`"
    )


@pytest.mark.parametrize("verb", VERBS.values(), ids=lambda v: v.name)
def test_every_argument_is_tried(verb: Any) -> None:
    tried = {name for trial in TRIALS if trial.do.endswith(f".{verb.name}") for name in trial.names}
    assert {f.alias or n for n, f in verb.args.model_fields.items()} == tried, f"add what is missing to the rows of {verb.name} in TRIALS"
