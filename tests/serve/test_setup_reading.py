"""Setup files: where a problem is, and what a good file comes to, asked of the world that is served."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest

from sandbox.core.wire import form_request
from sandbox.language.source import Problem
from sandbox.protocol.settings import Settings
from sandbox.protocol.tokens import decode
from sandbox.serve.setup import Served, served
from sandbox.serve.setup_reading import SetupError, loads
from sandbox.serve.wishes import Wishes
from tests.support.dice import dice
from tests.support.effort import effort
from tests.support.paths import PACKAGE

BASE = "http://127.0.0.1:9000"
EXAMPLE = (PACKAGE / "serve" / "example_setup.yaml").read_bytes()
GOOD = """profile: oauth-bcp
users:
  - {username: carol, password: looking-glass, claims: {email: c@example.org, shoe_size: 39}}
clients:
  - client_id: shop
    client_secret: a-secret-of-the-shop
    redirect_uris: ["http://127.0.0.1:3000/cb"]
scopes:
  - {name: shoes, allows: see your shoes, claims: [shoe_size]}
lifetimes: {access_token: 2m, code: 30}
"""


def opened(text: str | bytes, folder: Path = Path()) -> Served:
    plan = loads(text, folder=folder)[0]
    return served(plan.settings, BASE, registration=plan.registration, wishes=plan.wishes)


def asked(world: Served, path: str, form: dict[str, Any], *, client: str = "shop:a-secret-of-the-shop") -> Any:
    header = (("Authorization", "Basic " + base64.b64encode(client.encode()).decode()),)
    return world.world.net.deliver(form_request(f"{world.world.issuer.issuer}{path}", form, header), "outside")


def test_the_example_loads_and_what_it_says_is_there() -> None:
    world = opened(EXAMPLE).world
    server = world.issuer
    assert {"carol", "dave"} <= set(world.people.users)
    assert {"shop", "page", "nightly-job", "signer"} <= set(server.store.clients)
    assert "http://127.0.0.1:8080/api" in server.core.resources
    assert [key.alg for key in server.core.keys] == ["ES256", "RS256"]
    assert world.settings == Settings.of("oauth-bcp", {"client.bff": "off", "rs.dpop": "accept-both"})
    said = server.describe()
    assert "invoices" in said["scopes_supported"]
    assert {"locale", "customer_number"} <= set(said["claims_supported"])


def test_the_second_example_in_its_last_comment_loads_too() -> None:
    text = EXAMPLE.decode()
    uncommented = [line[2:] for line in text[text.index("# issuers:") :].splitlines()]
    plans = loads("\n".join(uncommented))
    assert [(plan.name, plan.settings.profile) for plan in plans] == [("acme", "oauth-bcp"), ("legacy", "oauth-basic")]
    assert [user.name for user in plans[0].wishes.users] == ["erin"]
    assert plans[1].wishes == Wishes()


def test_claims_are_told_with_the_scope_that_tells_them() -> None:
    carol = opened(GOOD).world.people.users["carol"]
    told = carol.claims()
    assert told["email"]["email"] == carol.email == "c@example.org"
    assert told["shoes"] == {"shoe_size": 39}
    assert "shoe_size" not in told["profile"]


def test_a_service_gets_tokens_that_live_as_long_as_the_file_says_for_a_scope_of_the_file() -> None:
    answer = asked(opened(GOOD), "/token", {"grant_type": "client_credentials", "scope": "shoes"}).json
    claims = decode(answer["access_token"]).claims
    assert (answer["expires_in"], claims["exp"] - claims["iat"], claims["scope"]) == (120, 120, "shoes")


def test_somebody_of_the_cast_can_be_replaced() -> None:
    world = opened("users: [{username: alice, password: new}]").world
    assert world.people.login("alice", "new")
    assert not world.people.login("alice", "wonderland")


def test_in_the_jwt_design_people_and_lifetimes_count() -> None:
    world = opened("profile: jwt-done-properly\nusers: [{username: carol, password: p}]\nlifetimes: {access_token: 7}\n").world
    assert (world.issuer.life, "carol" in world.people.users) == (7, True)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("profile: oauth-bcp", "profile: oauth-bpc", "setup.yaml:1:10: there is no profile `oauth-bpc`\n  profile: oauth-bpc\n           ^\n  cure: did you mean `oauth-bcp`?"),
        ("users:", "usrs:", "setup.yaml:2:1: there is no key `usrs` here\n  usrs:\n  ^\n  cure: did you mean `users`?"),
        ("username: carol, ", "", "setup.yaml:3:5: `username` is missing\n    - {password: looking-glass, claims: {email: c@example.org, shoe_size: 39}}\n      ^\n  cure: add `username:` (the name to sign in with, and the subject of tokens)"),
        ("shoe_size: 39", "iss: me", "setup.yaml:3:79: `iss` is what the server says\n    - {username: carol, password: looking-glass, claims: {email: c@example.org, iss: me}}\n                                                                                ^\n  cure: remove it"),
        ("code: 30", "code: soon", "setup.yaml:10:37: `soon` is no duration\n  lifetimes: {access_token: 2m, code: soon}\n                                      ^\n  cure: write seconds such as 300, or a number with a unit: 90s, 5m, 1h, 30d"),
        ("client_id: shop", "client_id: budget", "setup.yaml:5:16: `budget` is there already\n    - client_id: budget\n                 ^\n  cure: choose another id"),
        ("client_id: shop", "client_id: carol", "setup.yaml:5:16: `carol` is the name of a person, whose tokens would be taken for the client's\n    - client_id: carol\n                 ^\n  cure: choose another id"),
        ("name: shoes", "name: email", "setup.yaml:9:12: `email` is there already\n    - {name: email, allows: see your shoes, claims: [shoe_size]}\n             ^\n  cure: choose another one, or remove it"),
        ('["http://127.0.0.1:3000/cb"]', "[/cb]", "setup.yaml:7:21: A redirect URI must be an absolute http(s) or app address without a fragment\n      redirect_uris: [/cb]\n                      ^\n  cure: write an address such as http://127.0.0.1:3000/callback"),
        ("client_secret: a-secret-of-the-shop", "scope: open_id", "setup.yaml:6:12: there is no scope `open_id`\n      scope: open_id\n             ^\n  cure: did you mean `openid`?"),
        ("client_secret: a-secret-of-the-shop", "id_token_signed_response_alg: EdDSA", "setup.yaml:6:35: no key signs with EdDSA\n      id_token_signed_response_alg: EdDSA\n                                    ^\n  cure: add `- alg: EdDSA` to `keys:`"),
        ("profile: oauth-bcp", "profile: oauth-basic\nswitches: {as.par: off, as.pkce: maybe}", "setup.yaml:2:34: as.pkce has no value `maybe`\n  switches: {as.par: off, as.pkce: maybe}\n                                   ^\n  cure: write one of ignore, optional, no-downgrade, required"),
        ("profile: oauth-bcp", "keys: [{alg: RS256, pem: nothing.pem}]", "setup.yaml:1:26: there is no file nothing.pem\n  keys: [{alg: RS256, pem: nothing.pem}]\n                           ^\n  cure: write its path from the folder of this file"),
        ("profile: oauth-bcp", "keys: [{alg: RS256}, {alg: RS256}]", "setup.yaml:1:28: `RS256` is there already\n  keys: [{alg: RS256}, {alg: RS256}]\n                             ^\n  cure: choose another one, or remove it"),
        ("profile: oauth-bcp", "issuers: [{name: acme}]", "setup.yaml:2:1: `users` stands beside a list of issuers\n  users:\n  ^\n  cure: move it into each of them"),
        ("profile: oauth-bcp", "profile: naive-jwt", "setup.yaml:4:1: `clients` has no effect with `naive-jwt`: its design has no authorization server\n  clients:\n  ^\n  cure: remove it, or choose another profile"),
        (GOOD, "issuers: [{name: a}, {name: a}]", "setup.yaml:1:29: `a` is there already\n  issuers: [{name: a}, {name: a}]\n                              ^\n  cure: choose another one, or remove it"),
        (GOOD, "", "setup.yaml:1:1: the file is empty\n  cure: begin with `profile:`; `oauth-sandbox serve --example` prints a file"),
    ],
)  # fmt: skip
def test_a_broken_file_is_answered_with_place_caret_and_cure(old: str, new: str, message: str) -> None:
    assert old in GOOD
    with pytest.raises(SetupError) as error:
        loads(GOOD.replace(old, new))
    assert str(error.value.problems[0]) == message


@pytest.mark.parametrize(
    "text",
    ["x", "- a", "3", "users: 3", "users: [3]", "issuers: 3", "issuers: [[]]", "clients: {a: b}", "switches: []", "lifetimes: []", "profile: 3",
     "switches: {as.pkce: [1]}", "users: {", "a: &a [*a]", "\x00", "{" * 100, "users:\n" + "  - {username: u, password: p}\n" * 200,
     "scopes: [{name: a b, allows: x}]", "keys: [{alg: HS256}]", "keys: [{alg: ES256, pem: /dev/zero}]", "registration: maybe",
     "users: [{username: u, password: p, claims: {x: " + "[" * 30 + "]" * 30 + "}}]", "x" * 300_000],
)  # fmt: skip
def test_none_is_too_broken(text: str) -> None:
    with pytest.raises(SetupError) as error:
        loads(text)
    assert all(problem.cure and "story" not in problem.cure for problem in error.value.problems)


VALUES = (
    "null",
    "[]",
    "{}",
    "3",
    "-1",
    "true",
    "1e9",
    '"\\x1b[31m"',
    "{a: [1]}",
    "*a",
    "&a x",
    "!!python/object x",
    "9" * 400,
    "é",
    "[x]",
    '"a\\nb"',
    "http://[",
)


@pytest.mark.parametrize("part", range(4))
def test_whatever_a_hand_slips_to_is_a_setup_or_a_problem_with_a_place(part: int) -> None:
    rng, read, problems = dice("setup files", part), 0, list[Problem]()
    for _ in range(effort(120, 5_000)):
        lines = EXAMPLE.decode().splitlines()
        for _ in range(rng.randint(1, 3)):
            at = rng.randrange(len(lines))
            slips = (
                lines[at].partition(":")[0] + ": " + rng.choice(VALUES),
                lines[at][: rng.randrange(len(lines[at]) + 1)],
                " " * rng.randint(0, 6) + lines[at].strip(),
                lines[rng.randrange(len(lines))],
                "",
            )
            lines[at] = rng.choice(slips)
        try:
            loads("\n".join(lines))
            read += 1
        except SetupError as error:
            problems += error.problems
    assert read, "some slips do no harm, or this test shows nothing"
    assert problems
    assert all(problem.line and problem.cure for problem in problems)
