"""Whatever token, proof, key or token response comes: it is refused with a reason or accepted, never a crash, never slow."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from sandbox.core.wire import JSON, Request, Response
from sandbox.protocol.tokens import Key, NotAJwt, b64, decode, key_for, number, pem, public_key, sha256, thumbprint
from sandbox.world.parties.client_session import Refused
from tests.support import fuzzing
from tests.support.cost import bounded
from tests.support.dice import Dice, dice
from tests.support.fuzzing import NASTY, ODD, SEED, VARIANTS, arena, hostile_token, share, sound

FRESH = 300


@pytest.mark.slow
@pytest.mark.parametrize("variant", range(len(VARIANTS)))
def test_no_token_is_too_hostile_for_an_api(variant):
    rng = dice(SEED, "token", variant)
    for n in range(share(16) // len(VARIANTS)):
        if n % FRESH == 0:
            place = arena(variant)
        api = place.world.apis["accounts"]
        token = hostile_token(rng, place)
        headers = [("Authorization", f"{rng.choice(('Bearer', 'DPoP'))} {token}")]
        headers += [("DPoP", hostile_token(rng, place))] * rng.choice((0, 0, 1, 1, 2))
        request = Request("GET", f"{api.url}{rng.choice(('/accounts', '/admin/export'))}", tuple(headers), peer="mallory")
        where = f"seed {SEED}, variant {variant}, input {n}"
        with bounded(where):
            try:
                response = api.handle(request)
            except Exception as error:
                raise AssertionError(f"{where}: {type(error).__name__}: {error}\n{request!r:.3000}") from error
        assert sound(response) == "", where


@pytest.mark.slow
@pytest.mark.parametrize("variant", [6, 8])
def test_no_proof_is_too_hostile(variant):
    """At an API and at the token endpoint: the token is good, the proof is not."""
    rng = dice(SEED, "proof", variant)
    place = arena(variant)
    for n in range(share(6) // 2):
        with bounded(f"input {n}"):
            proof, token = fuzzing._proof(rng, place), rng.choice(place.kept["token"])
            api = place.world.apis["accounts"]
            asked = Request("GET", f"{api.url}/accounts", (("Authorization", f"DPoP {token}"), ("DPoP", proof)))
            assert sound(api.handle(asked)) == "", f"seed {SEED}, input {n}: {proof}"
            form = (("Content-Type", "application/x-www-form-urlencoded"), ("DPoP", proof))
            asked = Request("POST", f"{place.world.issuer.issuer}/token", form, "grant_type=refresh_token&client_id=app&refresh_token=x")
            assert sound(place.world.issuer.handle(asked)) == "", f"seed {SEED}, input {n}: {proof}"


@pytest.mark.slow
@pytest.mark.parametrize("variant", [4, 6])
def test_no_token_response_is_too_hostile_for_a_client(variant):
    rng = dice(SEED, "response", variant)
    place = arena(variant)
    for n in range(share(6) // 2):
        client = place.world.clients[rng.choice(("app", "budget", "mobile"))]
        session = next(iter(client.sessions.values()))
        session.nonce = rng.choice(("", "n"))
        client.jwks = rng.choice(({}, {session.issuer: _jwks(rng)}))
        body: Any = {
            "access_token": rng.choice((hostile_token(rng, place), *ODD)),
            "token_type": rng.choice(("Bearer", "DPoP", *ODD)),
            "expires_in": rng.choice(ODD),
        }
        body |= {
            rng.choice(("id_token", "refresh_token", "scope", "error")): rng.choice(
                (hostile_token(rng, place), hostile_token(rng, place), *ODD)
            )
            for _ in range(rng.randrange(3))
        }
        text = rng.choice((json.dumps(body), json.dumps(body), json.dumps(body)[: rng.randrange(200)], *NASTY))
        response = Response(
            rng.choice((200, 200, 200, 400, 302, 500)), (("Content-Type", rng.choice((JSON, JSON, JSON, "text/html", ""))),), text
        )
        with bounded(f"input {n}"):
            try:
                client.accept(session, response)
            except Refused as refused:
                assert refused.error  # noqa: PT017
            except Exception as error:
                raise AssertionError(
                    f"seed {SEED}, variant {variant}, input {n}: {type(error).__name__}: {error}\n{response!r:.2000}"
                ) from error


def _jwks(rng: Dice) -> list[Any]:
    return [rng.choice((fuzzing._jwk(rng), rng.choice(ODD))) for _ in range(rng.randrange(4))]


@pytest.mark.slow
def test_no_key_is_too_hostile():
    """Keys of a JWKS, of a proof's header, of a thumbprint: a key object, or no key at all."""
    rng = dice(SEED, "key")
    for n in range(share(4)):
        jwk = fuzzing._jwk(rng)
        if isinstance(jwk, dict):
            with bounded(f"seed {SEED}, input {n}: {jwk!r:.500}"):
                for alg in ("ES256", "RS256", "EdDSA", "HS256", "none", "\ud800"):
                    public_key(jwk, alg)
                assert len(thumbprint(jwk)) == 43
                pem(jwk)


def test_no_published_keys_are_too_hostile_for_an_api():
    rng = dice(SEED, "jwks")
    place = arena(3)
    api = place.world.apis["accounts"]
    honest = place.kept["token"][0]
    kid = decode(honest).header["kid"]
    auth = place.world.issuer
    for n in range(share(3)):
        keys = [k | {"kid": kid} if isinstance(k, dict) else k for k in _jwks(rng)]
        text = rng.choice((json.dumps({"keys": keys}), json.dumps({"keys": rng.choice(ODD)}), json.dumps(keys), *NASTY))
        published = Response(200, (("Content-Type", JSON),), text)
        auth.jwks = lambda request, published=published: published
        api.policy = replace(api.policy, alg_policy=rng.choice(("trust-header", "blocklist", "allowlist")))
        api.trust(api.issuer)
        asked = Request("GET", f"{api.url}/accounts", (("Authorization", f"Bearer {honest}"),))
        with bounded(f"seed {SEED}, input {n}: {text:.300}"):
            assert sound(api.handle(asked)) == "", text[:300]


def test_no_altered_token_is_accepted_by_a_strict_api():
    """Every truncation, and every single character changed: all are refused."""
    place = arena(7)
    api, honest = place.world.apis["accounts"], place.kept["token"][-1]
    rng = dice(SEED, "altered")

    def status(token: str) -> int:
        return api.handle(Request("GET", f"{api.url}/accounts", (("Authorization", f"Bearer {token}"),))).status

    accepted = [t for t in place.kept["token"] if status(t) == 200]
    assert accepted
    honest = accepted[0]
    for at in range(len(honest)):
        assert status(honest[:at]) == 401
    for _ in range(share(5)):
        at = rng.randrange(len(honest))
        altered = honest[:at] + rng.choice("ABCabc019-_.=+/ ~é") + honest[at + 1 :]
        assert altered == honest or status(altered) == 401, altered


def test_a_proof_that_names_a_huge_identifier_is_refused_and_not_kept():
    place = arena(6)
    key = key_for("0", "fuzz")
    claims = {
        "htm": "GET",
        "htu": "https://accounts.connectsphere.example/accounts",
        "iat": place.world.net.clock.now(),
        "jti": "j" * 5000,
        "ath": sha256(place.kept["token"][0]),
    }
    public = {k: v for k, v in key.jwk.items() if k in ("kty", "crv", "x", "y")}
    proof = Key("ES256", "", key.secret).sign(claims, "dpop+jwt", jwk=public)
    api = place.world.apis["accounts"]
    request = Request("GET", f"{api.url}/accounts", (("Authorization", f"DPoP {place.kept['token'][0]}"), ("DPoP", proof)))
    assert api.handle(request).status == 401
    assert api.proofs.until == {}


def deep(levels: int) -> str:
    text = '{"a":' * levels + "1" + "}" * levels
    return f"e30.{b64(text.encode())}."


def test_a_deep_token_is_no_token():
    assert decode(deep(60)).claims
    with pytest.raises(NotAJwt, match="nested"):
        decode(deep(70))


@pytest.mark.parametrize("value", ["1e400", "-1e400", "NaN", "9" * 4000])
def test_an_endless_number_is_not_read(value):
    """RFC 8259 §6."""
    text = '{"exp":' + value + "}"
    with pytest.raises(NotAJwt, match="number"):
        decode(f"e30.{b64(text.encode())}.")


@pytest.mark.parametrize("value", ["1e300", "-1e300"])
def test_a_distant_expiry_is_no_date(value):
    text = '{"exp":' + value + "}"
    claims = decode(f"e30.{b64(text.encode())}.").claims
    assert number(claims["exp"]) is None
