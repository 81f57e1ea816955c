"""Clients that others wrote in Python, unmodified, against the parties over real HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import jwt
import pytest
import requests
from requests_oauthlib import OAuth2Session

from sandbox.world.members import BUDGET_SECRET
from tests.support.real import CALLBACK, CLIENTS, PUBLIC, SECRET, Person, metadata, parameters, served

pytestmark = [
    pytest.mark.slow,  # each starts a server of its own
    pytest.mark.filterwarnings("ignore"),  # what foreign clients do is their business
]
SCOPE = "openid profile email read"


@pytest.fixture(scope="module", params=["ES256", "RS256"])
def alg(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def base(alg: str) -> Iterator[str]:
    with served("--alg", alg, "--set", f"as.signing={alg.lower()}", *CLIENTS) as url:
        yield url


@pytest.fixture(params=[None, SECRET], ids=["public", "confidential"])
def client(request: pytest.FixtureRequest) -> tuple[str, str | None]:
    """Id and secret."""
    return (PUBLIC if request.param is None else "web"), request.param


def introspected(at: dict[str, Any], token: str) -> dict[str, Any]:
    answer = requests.post(at["introspection_endpoint"], {"token": token}, auth=("accounts", "accounts-secret"), timeout=60)
    found: dict[str, Any] = answer.json()
    return found


def test_authlib_over_httpx2(base: str, alg: str, client: tuple[str, str | None]) -> None:
    from authlib.integrations.httpx_client import OAuth2Client, OAuthError
    from authlib.oidc.core import CodeIDToken
    from joserfc import jwt as joserfc_jwt
    from joserfc.jwk import KeySet

    at, verifier = metadata(base), "v" * 43
    method = "client_secret_basic" if client[1] else "none"
    session = OAuth2Client(*client, token_endpoint_auth_method=method, redirect_uri=CALLBACK, scope=SCOPE, code_challenge_method="S256")
    with session:
        url, state = session.create_authorization_url(at["authorization_endpoint"], code_verifier=verifier, nonce="n-1")
        token = session.fetch_token(at["token_endpoint"], authorization_response=Person().visit(url), code_verifier=verifier, state=state)

        keys = KeySet.import_key_set(session.request("GET", at["jwks_uri"], withhold_token=True).json())
        decoded = joserfc_jwt.decode(token["id_token"], keys, algorithms=[alg])
        wanted = {"iss": {"value": at["issuer"]}, "aud": {"value": client[0]}, "nonce": {"value": "n-1"}}
        CodeIDToken(decoded.claims, decoded.header, wanted, {"nonce": "n-1", "access_token": token["access_token"]}).validate()
        assert decoded.header["alg"] == alg

        assert session.get(at["userinfo_endpoint"]).json()["name"] == "Alice Adler"
        old = token["refresh_token"]
        new = session.refresh_token(at["token_endpoint"], refresh_token=old)
        assert new["refresh_token"] != old
        assert introspected(at, new["access_token"])["active"] is True
        assert session.revoke_token(at["revocation_endpoint"], new["refresh_token"], "refresh_token").status_code == 200
        assert introspected(at, new["access_token"])["active"] is False
        with pytest.raises(OAuthError, match="invalid_grant"):
            session.refresh_token(at["token_endpoint"], refresh_token=new["refresh_token"])


def test_authlib_as_a_full_relying_party(base: str, alg: str, client: tuple[str, str | None]) -> None:
    """Discovery, state, nonce, PKCE, JWKS and the ID token, all by Authlib's integration for Starlette."""
    from authlib.integrations.starlette_client import OAuth
    from starlette.requests import Request

    oauth = OAuth()
    kwargs = {"scope": SCOPE, "code_challenge_method": "S256"} | ({} if client[1] else {"token_endpoint_auth_method": "none"})
    oauth.register(
        "sandbox",
        client_id=client[0],
        client_secret=client[1],
        client_kwargs=kwargs,
        server_metadata_url=f"{base}/auth/.well-known/openid-configuration",
    )
    memory: dict[str, Any] = {}

    def request(query: str = "") -> Request:
        return Request({"type": "http", "method": "GET", "path": "/cb", "query_string": query.encode(), "headers": [], "session": memory})

    async def sign_in() -> dict[str, Any]:
        away = await oauth.sandbox.authorize_redirect(request(), CALLBACK)
        back = await asyncio.to_thread(Person().visit, away.headers["location"])
        token: dict[str, Any] = await oauth.sandbox.authorize_access_token(request(back.partition("?")[2]))
        return token

    with ThreadPoolExecutor(1) as other:  # in this thread Playwright keeps an event loop, once a browser was used
        token = other.submit(lambda: asyncio.run(sign_in())).result()
    assert token["userinfo"]["email"] == "alice@connectsphere.example"


def test_idpyoidc_with_a_client_of_the_cast(base: str, alg: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes no secret of less than 16 characters, and writes keys of its own to where it is started."""
    from idpyoidc.client.rp_handler import RPHandler

    monkeypatch.chdir(tmp_path)
    pkce = {"code_challenge_method": "S256", "code_challenge_length": 64}
    config = {
        "issuer": f"{base}/auth",
        "client_type": "oidc",
        "client_id": "budget",
        "client_secret": BUDGET_SECRET,
        "redirect_uris": [CALLBACK],
        "response_types_supported": ["code"],
        "scopes_supported": SCOPE.split(),
        "token_endpoint_auth_methods_supported": ["client_secret_basic"],
        "id_token_signing_alg_values_supported": [alg],
        "add_ons": {"pkce": {"function": "idpyoidc.client.oauth2.add_on.pkce.add_support", "kwargs": pkce}},
    }
    handler = RPHandler("http://127.0.0.1:9999", client_configs={config["issuer"]: config})
    found = handler.finalize(config["issuer"], parameters(Person().visit(handler.begin(config["issuer"]))))
    assert "error" not in found, found
    assert (found["userinfo"]["sub"], found["userinfo"]["name"]) == ("alice", "Alice Adler")
    assert found["id_token"].jws_header["alg"] == alg


def test_requests_oauthlib(base: str, client: tuple[str, str | None], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")  # plain http, even on loopback
    at = metadata(base)
    session = OAuth2Session(client[0], redirect_uri=CALLBACK, scope=SCOPE.split(), pkce="S256")
    with session:
        url, _ = session.authorization_url(at["authorization_endpoint"])
        who: dict[str, Any] = {"client_secret": client[1]} if client[1] else {"include_client_id": True}
        token = session.fetch_token(at["token_endpoint"], authorization_response=Person().visit(url), **who)
        assert session.get(at["userinfo_endpoint"]).json()["sub"] == "alice"
        auth: dict[str, Any] = {"auth": client} if client[1] else {"client_id": client[0]}
        assert session.refresh_token(at["token_endpoint"], **auth)["refresh_token"] != token["refresh_token"]


def test_pyjwkclient_finds_the_key_of_both_kinds_of_token(base: str, alg: str) -> None:
    at, verifier = metadata(base), "v" * 43
    url = requests.Request("GET", at["authorization_endpoint"], params=asked(verifier)).prepare().url
    code = parameters(Person().visit(str(url)))["code"]
    fields = {"grant_type": "authorization_code", "client_id": PUBLIC, "redirect_uri": CALLBACK, "code": code, "code_verifier": verifier}
    token = requests.post(at["token_endpoint"], fields, timeout=60).json()

    keys = jwt.PyJWKClient(at["jwks_uri"])
    claims = jwt.decode(token["id_token"], keys.get_signing_key_from_jwt(token["id_token"]), [alg], audience=PUBLIC, issuer=at["issuer"])
    assert claims["nonce"] == "n-2"
    api = f"{base}/accounts"
    claims = jwt.decode(
        token["access_token"], keys.get_signing_key_from_jwt(token["access_token"]), [alg], audience=api, issuer=at["issuer"]
    )
    assert claims["client_id"] == PUBLIC


def test_eddsa_id_tokens_for_whoever_wants_them() -> None:
    """`--alg EdDSA`: ID tokens are Ed25519, access tokens are what the APIs want; a client that registers may still ask for RS256."""
    with served("--alg", "EdDSA", *CLIENTS) as base:
        at = metadata(base)
        assert at["id_token_signing_alg_values_supported"] == ["EdDSA", "ES256", "RS256"]
        keys = jwt.PyJWKClient(at["jwks_uri"])
        published = [(k.key_type, k.algorithm_name) for k in keys.get_signing_keys()]
        assert published == [("EC", "ES256"), ("OKP", "EdDSA"), ("RSA", "RS256")] * 2  # those that sign, then those of the next turn
        assert len({k.key_id for k in keys.get_signing_keys()}) == len(published)
        wanted = {"redirect_uris": [CALLBACK], "token_endpoint_auth_method": "none", "id_token_signed_response_alg": "RS256"}
        registered = requests.post(at["registration_endpoint"], json=wanted, timeout=60).json()["client_id"]
        for client_id, alg in ((PUBLIC, "EdDSA"), (registered, "RS256")):
            person = Person()
            url = str(
                requests.Request("GET", at["authorization_endpoint"], params=asked("v" * 43) | {"client_id": client_id}).prepare().url
            )
            fields = {"grant_type": "authorization_code", "client_id": client_id, "redirect_uri": CALLBACK, "code_verifier": "v" * 43}
            answer = requests.post(at["token_endpoint"], fields | {"code": parameters(person.visit(url))["code"]}, timeout=60).json()
            assert jwt.get_unverified_header(answer["id_token"])["alg"] == alg
            claims = jwt.decode(
                answer["id_token"], keys.get_signing_key_from_jwt(answer["id_token"]), [alg], audience=client_id, issuer=at["issuer"]
            )
            assert claims["nonce"] == "n-2"
            again = parameters(person.visit(f"{url}&prompt=none&id_token_hint={answer['id_token']}"))
            assert "code" in again, again


def asked(verifier: str) -> dict[str, str]:
    import hashlib
    from base64 import urlsafe_b64encode

    challenge = urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    query = {"response_type": "code", "client_id": PUBLIC, "redirect_uri": CALLBACK, "scope": SCOPE, "state": "s", "nonce": "n-2"}
    return query | {"code_challenge": challenge, "code_challenge_method": "S256"}


@pytest.fixture(scope="session")  # Django is set up once in a process, and tests that are handed to another worker come back to this module
def django_app() -> Iterator[Any]:
    """A Django project of nothing but mozilla-django-oidc, with its users in memory."""
    import sys
    from types import ModuleType

    import django
    from django.conf import settings
    from django.core.management import call_command

    settings.configure(
        SECRET_KEY="only a test", ALLOWED_HOSTS=["*"], ROOT_URLCONF="django_urls", USE_TZ=True,
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "django.contrib.sessions", "mozilla_django_oidc"],
        MIDDLEWARE=["django.contrib.sessions.middleware.SessionMiddleware", "django.contrib.auth.middleware.AuthenticationMiddleware"],
        AUTHENTICATION_BACKENDS=["mozilla_django_oidc.auth.OIDCAuthenticationBackend"],
        SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies",
        LOGIN_REDIRECT_URL="/in", LOGIN_REDIRECT_URL_FAILURE="/out", OIDC_USE_PKCE=True, OIDC_RP_SCOPES="openid email",
    )  # fmt: skip
    django.setup()
    from django.http import HttpResponse
    from django.urls import include, path

    urls = ModuleType("django_urls")
    urls.urlpatterns = [path("oidc/", include("mozilla_django_oidc.urls")), path("in", lambda r: HttpResponse(r.user.email))]  # type: ignore[attr-defined]
    sys.modules["django_urls"] = urls
    with pytest.MonkeyPatch.context() as environment:  # Django would see Playwright's event loop in this thread and refuse
        environment.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        call_command("migrate", verbosity=0)
        yield django


def test_mozilla_django_oidc(base: str, alg: str, client: tuple[str, str | None], django_app: Any) -> None:
    from django.test import Client, override_settings

    callback = "http://testserver/oidc/callback/"
    at = metadata(base)
    wanted = {"redirect_uris": [callback], "token_endpoint_auth_method": "client_secret_post" if client[1] else "none"}
    registered = requests.post(at["registration_endpoint"], json=wanted, timeout=60).json()  # RFC 7591
    options = {
        "OIDC_RP_CLIENT_ID": registered["client_id"],
        "OIDC_RP_CLIENT_SECRET": registered.get("client_secret"),
        "OIDC_RP_SIGN_ALGO": alg,
        "OIDC_OP_AUTHORIZATION_ENDPOINT": at["authorization_endpoint"],
        "OIDC_OP_TOKEN_ENDPOINT": at["token_endpoint"],
        "OIDC_OP_USER_ENDPOINT": at["userinfo_endpoint"],
        "OIDC_OP_JWKS_ENDPOINT": at["jwks_uri"],
    }
    with override_settings(**options):
        browser = Client()
        away = browser.get("/oidc/authenticate/")
        back = Person(end=callback).visit(away["location"])
        inside = browser.get(back.removeprefix("http://testserver"))
        assert inside["location"] == "/in"
        assert browser.get("/in").content == b"alice@connectsphere.example"
