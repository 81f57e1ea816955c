"""Several issuers at one address: each has its own keys, people and cookies, and tokens of one are worth nothing at another."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest

from sandbox.core.wire import FORM
from sandbox.serve.banner import CHALLENGE, VERIFIER
from sandbox.serve.operator import ROTATE, Operator
from sandbox.serve.setup import CALLBACK, Served, served
from sandbox.serve.setup_reading import loads
from sandbox.serve.several import Several
from tests.support.asgi import Answer, ask
from tests.support.real import parameters
from tests.support.visiting import Visitor

FILE = """issuers:
  - {name: acme, users: [{username: erin, password: rosebud}], switches: {rs.dpop: off}}
  - {name: legacy, profile: oauth-basic}
"""
HOST = "127.0.0.1:9000"


@pytest.fixture(params=["", "/x"], ids=["at the root", "below a path"])
def base(request: pytest.FixtureRequest) -> str:
    return f"http://{HOST}{request.param}"


@pytest.fixture
def worlds(base: str) -> tuple[Served, ...]:
    return tuple(served(plan.settings, f"{base}/{plan.name}", wishes=plan.wishes) for plan in loads(FILE))


@pytest.fixture
def several(worlds: tuple[Served, ...], base: str) -> Several:
    for world in worlds:
        world.operator = Operator.of(world.world.net, world.world.issuer)
    return Several(worlds, base, {HOST})


def path(base: str, rest: str) -> str:
    return base.removeprefix(f"http://{HOST}") + rest


def get(several: Several, target: str, *headers: tuple[str, str], method: str = "GET", host: str = HOST) -> Answer:
    return ask(several, method, target, b"", *headers, host=host)  # type: ignore[arg-type]


def test_each_has_metadata_of_its_own_in_both_ways(several: Several, base: str) -> None:
    root = path(base, "")
    for name in ("acme", "legacy"):
        issuer = f"{base}/{name}/auth"
        assert get(several, f"{root}/{name}/auth/.well-known/openid-configuration").json["issuer"] == issuer
        assert get(several, f"/.well-known/openid-configuration{root}/{name}/auth").json["issuer"] == issuer
        assert get(several, f"/.well-known/oauth-authorization-server{root}/{name}/auth").json["issuer"] == issuer
    kids = [{k["kid"] for k in get(several, f"{root}/{name}/auth/jwks").json["keys"]} for name in ("acme", "legacy")]
    assert not kids[0] & kids[1]


def test_the_page_at_the_address_leads_to_each(several: Several, base: str) -> None:
    page = get(several, path(base, "/"))
    assert (page.status, all(f"{base}/{name}/".encode() in page.body for name in ("acme", "legacy"))) == (200, True)
    lost = get(several, path(base, "/other/auth"))
    assert (lost.status, f"{base}/acme/" in lost.json["error_description"]) == (404, True)
    assert get(several, path(base, "/"), method="POST").status == 405
    assert get(several, path(base, "/"), host="evil.example").status == 421
    assert get(several, path(base, "/acme/auth/jwks"), host="evil.example").status == 421


def token(several: Several, base: str, name: str, who: str) -> tuple[str, Visitor]:
    person, auth = Visitor(several, f"http://{HOST}", who), f"{base}/{name}/auth"
    asked = {"response_type": "code", "client_id": "app", "redirect_uri": CALLBACK, "scope": "openid read"}
    code = parameters(
        person.visit(f"{auth}/authorize?{urlencode(asked | {'code_challenge': CHALLENGE, 'code_challenge_method': 'S256'})}")
    )["code"]
    form = {"grant_type": "authorization_code", "client_id": "app", "code": code, "redirect_uri": CALLBACK, "code_verifier": VERIFIER}
    answer = person.ask("POST", f"{auth}/token", urlencode(form).encode(), ("Content-Type", FORM)).json
    return answer["access_token"], person


def test_a_token_of_one_is_nothing_at_the_other(several: Several, base: str) -> None:
    mine, alice = token(several, base, "acme", "alice")
    bearer = ("Authorization", f"Bearer {mine}")
    statuses = [get(several, path(base, f"/{name}/auth/userinfo"), bearer).status for name in ("acme", "legacy")]
    assert statuses == [200, 401]
    assert [get(several, path(base, f"/{name}/accounts/accounts"), bearer).status for name in ("acme", "legacy")] == [200, 401]
    assert {where for where, _ in alice.jar} == {path(base, "/acme/auth")}, "its cookies stay with it"


def test_people_are_known_where_the_file_has_them(worlds: tuple[Served, ...]) -> None:
    assert ["erin" in world.world.people.users for world in worlds] == [True, False]


def test_each_has_an_operator_of_its_own(several: Several, worlds: tuple[Served, ...], base: str) -> None:
    acme, legacy = (world.operator for world in worlds)
    assert acme is not None
    assert legacy is not None
    assert acme.lines(f"{base}/acme")[0].startswith(f"curl -X POST {base}/acme{ROTATE} ")
    wrong = get(several, path(base, f"/legacy{ROTATE}"), ("Authorization", f"Bearer {acme.word}"), method="POST")
    right = get(several, path(base, f"/acme{ROTATE}"), ("Authorization", f"Bearer {acme.word}"), method="POST")
    assert (wrong.status, right.status) == (401, 200)
