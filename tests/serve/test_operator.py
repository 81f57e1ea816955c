"""The operator's door: who may use it, what it does, and what a client's library makes of new keys."""

from __future__ import annotations

from inspect import signature
from typing import Any
from urllib.parse import quote

import jwt
import pytest
import requests

from sandbox.core.clock import Clock
from sandbox.protocol.settings import Settings
from sandbox.protocol.trace import Answered, Noted, Sent, TimePassed
from sandbox.serve import Edge
from sandbox.serve import served as put_together
from sandbox.serve.banner import CHALLENGE, VERIFIER
from sandbox.serve.operator import LONGEST, ROTATE, WAIT, Operator
from sandbox.serve.setup import OPEN, Served
from sandbox.world.parties.authorization_server import AuthorizationServer
from sandbox.world.parties.signing_keys import MOST_RETIRED
from tests.support.asgi import Answer, ask
from tests.support.real import CALLBACK, SECRET, Person, address, metadata, operated, parameters

BASE = "http://127.0.0.1:9000"
HOSTS = {"127.0.0.1:9000"}

COOLDOWN = {"cooldown_duration": 0} if "cooldown_duration" in signature(jwt.PyJWKClient).parameters else {}  # older ones have none


def place(profile: str = "oauth-bcp", base: str = BASE, **changes: str) -> Served:
    served = put_together(Settings.of(profile, OPEN | {k.replace("_", ".", 1): v for k, v in changes.items()}), base)
    served.operator = Operator.of(served.world.net, served.world.issuer)
    return served


@pytest.fixture
def served() -> Served:
    return place()


def told(
    served: Served, path: str, method: str = "POST", *headers: tuple[str, str], word: str | None = None, host: str = "127.0.0.1:9000"
) -> Answer:
    assert served.operator is not None
    root = served.root
    asked = (("Authorization", f"Bearer {served.operator.word if word is None else word}"), *headers)
    return ask(Edge(served, HOSTS), method, root + path, b"", *asked, host=host)


def kids(served: Served) -> set[str]:
    issuer = served.world.issuer
    return {key["kid"] for key in ask(Edge(served), "GET", f"{served.paths[issuer.name]}/jwks").json["keys"]}


@pytest.mark.parametrize("profile", ["oauth-bcp", "oauth-basic", "jwt-done-properly"])
def test_all_keys_turn_and_those_of_before_stay_in_the_key_set(profile: str) -> None:
    served = place(profile)
    before = kids(served)
    answer = told(served, ROTATE)
    assert answer.status == 200, answer.body
    after = kids(served)
    assert before < after
    issuer = served.world.issuer
    signing = {issuer.key.kid} | ({key.kid for key in issuer.core.keys} if isinstance(issuer, AuthorizationServer) else set())
    assert answer.json["signs"] in signing < before, "a key is published before it signs"
    assert answer.json["stays_in_the_key_set"] in before
    served.world.net.wait(86_401)
    assert kids(served) == after - before | signing, "until their last token has expired"


def test_what_happened_is_in_the_record(served: Served) -> None:
    told(served, ROTATE)
    events = list(served.trace.recent)
    assert [(e.sender, e.receiver, e.request.path) for e in events if isinstance(e, Sent)] == [("admin", "auth", "/admin/keys")]
    assert [e.response.status for e in events if isinstance(e, Answered)] == [204]
    assert [e.text for e in events if isinstance(e, Noted)] == ["New tokens are signed with another key."]


def test_time_passes_when_the_operator_says_so(served: Served) -> None:
    served.world.net.clock = Clock(1_000_000)
    assert told(served, f"{WAIT}?seconds=60").json == {"now": "1970-01-12 13:47:40"}
    assert served.world.net.clock.now() == 1_000_060
    assert [e.seconds for e in served.trace.recent if isinstance(e, TimePassed)] == [60]


@pytest.mark.parametrize("seconds", ["", "0", "-1", "1.5", "x", str(LONGEST + 1), "9" * 400, "٣"])
def test_what_is_no_number_of_seconds_is_refused(served: Served, seconds: str) -> None:
    assert told(served, f"{WAIT}?seconds={quote(seconds)}").status == 400


@pytest.mark.parametrize("word", ["", "wrong", "é", "None"])
def test_who_does_not_know_the_word_is_refused(served: Served, word: str) -> None:
    before = kids(served)
    answer = told(served, ROTATE, word=word)
    assert (answer.status, answer.header("www-authenticate")) == (401, 'Bearer realm="operator"')
    assert kids(served) == before


def test_no_page_can_use_it_or_read_an_answer_of_it(served: Served) -> None:
    """Even one that knew the word: it would have to ask first whether it may, and nothing says that it may."""
    before = kids(served)
    for origin in ("https://evil.example", "http://127.0.0.1:5173", BASE, "null"):
        answer = told(served, ROTATE, "POST", ("Origin", origin))
        assert (answer.status, answer.json["error"]) == (403, "access_denied")
        asked = told(served, ROTATE, "OPTIONS", ("Origin", origin), ("Access-Control-Request-Headers", "authorization"))
        for one in (answer, asked, told(served, ROTATE, word="x")):
            assert not [name for name, _ in one.headers if name.startswith("access-control-")]
        assert asked.status == 403
    assert told(served, ROTATE, host="evil.example").status == 421, "another name of this machine"
    assert kids(served) == before


def test_other_methods_and_addresses_are_none(served: Served) -> None:
    assert (told(served, ROTATE, "GET").status, told(served, ROTATE, "GET").header("allow")) == (405, "POST")
    assert told(served, "/operator/else").status == 404
    served.operator = None
    edge = Edge(served, HOSTS)
    assert ask(edge, "POST", ROTATE).status in (404, 405)


def test_where_a_secret_is_shared_there_is_no_key_to_turn() -> None:
    served = place("naive-jwt")
    assert served.operator is not None
    assert list(served.operator.actions) == [WAIT]
    assert told(served, ROTATE).status == 404


def test_the_key_set_does_not_grow_for_ever(served: Served) -> None:
    statuses = [told(served, ROTATE).status for _ in range(MOST_RETIRED + 2)]
    assert statuses[0] == 200
    assert statuses[-1] == 409
    assert len(kids(served)) < 2 * MOST_RETIRED + 6


def test_two_servers_have_two_words(served: Served) -> None:
    assert served.operator is not None
    other = place().operator
    assert other is not None
    assert served.operator.word != other.word
    assert len(served.operator.word) == 24


@pytest.mark.slow
@pytest.mark.parametrize("alg", ["ES256", "RS256", "EdDSA"])
def test_a_client_with_pyjwt_goes_on_through_a_rotation(alg: str) -> None:
    """PyJWKClient keeps the key set, and fetches it again for a key that it does not know (OIDC Core §10.1.1).

    Left alone it would not within 30 seconds of the last time; this server does not tell it of a key before that signs."""
    with operated("--alg", alg, "--client", f"web:{SECRET}={CALLBACK}", "--set", "rs.dpop=off") as (base, header):
        said = metadata(base)
        library = jwt.PyJWKClient(said["jwks_uri"], cache_keys=True, **COOLDOWN)

        def verified(token: str) -> str:
            key = library.get_signing_key_from_jwt(token)
            return str(jwt.decode(token, key.key, algorithms=[alg], audience="web")["sub"])

        first = _id_token(said)
        assert verified(first) == "alice"
        assert requests.post(f"{base}{ROTATE}", headers=header, timeout=60).status_code == 200
        second = _id_token(said)
        assert jwt.get_unverified_header(second)["kid"] != jwt.get_unverified_header(first)["kid"]
        assert (verified(second), verified(first)) == ("alice", "alice")


def _id_token(said: dict[str, Any]) -> str:
    """Alice signs in to a client that has a secret."""
    asked = {"response_type": "code", "client_id": "web", "redirect_uri": CALLBACK, "scope": "openid"}
    url = address(said["authorization_endpoint"], **asked, code_challenge=CHALLENGE, code_challenge_method="S256")
    code = parameters(Person().visit(url))["code"]
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK, "code_verifier": VERIFIER}
    return str(requests.post(said["token_endpoint"], form, auth=("web", SECRET), timeout=60).json()["id_token"])
