"""Reading setup files: every problem with line, column, caret and cure, as of scenario files; and what a file comes to as plans."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from sandbox.core.entropy import KeyType
from sandbox.core.text import short
from sandbox.language.errors import Finding, checked, errors
from sandbox.language.rules import switch_findings
from sandbox.language.source import Loc, Problem, ScenarioError, decode
from sandbox.protocol.cast import CAST
from sandbox.protocol.client_jwts import PRIVATE_KEY_JWT
from sandbox.protocol.settings import Settings
from sandbox.protocol.tokens import Key
from sandbox.serve.pems import NoKey, from_file
from sandbox.serve.setup import OPEN, SCOPE, USUAL
from sandbox.serve.setup_file import OwnClient, OwnIssuer, Person, SetupFile, known_scopes, nearest_scope
from sandbox.serve.wishes import Wishes
from sandbox.world.parties.authorization_server import Client
from sandbox.world.parties.authorization_server.config import SCOPES
from sandbox.world.parties.authorization_server.registration import public_keys
from sandbox.world.parties.issuer import Lifetimes
from sandbox.world.parties.people import CLAIMS_OF, User, people

FOR_OAUTH = ("clients", "scopes", "resources", "keys", "registration")
CURES = {  # that are about stories, and what they are about a setup
    "begin with `title:`": "begin with `profile:`; `oauth-sandbox serve --example` prints a file",
    "split it: one story, one file": "leave out what is not needed",
    "split the story": "leave out what is not needed",
}


class SetupError(ScenarioError):
    """A setup file that cannot be used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One world to serve.  `name`: the part of its address, '' if it is alone."""

    settings: Settings
    wishes: Wishes
    registration: bool = True
    name: str = ""


def loads(text: str | bytes, name: str = "setup.yaml", folder: Path = Path()) -> tuple[Plan, ...]:
    """The worlds of a file, at least one; key files lie in the folder.  Raises SetupError, with every problem."""
    keys: dict[Loc, Key] = {}
    try:
        node = checked(decode(text, name), partial(_findings, folder, keys))
    except ScenarioError as error:
        raise SetupError([_about_setups(problem) for problem in error.problems]) from None
    setup = SetupFile.model_validate(node.value)
    if not setup.issuers:
        return (_plan((), setup, keys),)
    return tuple(replace(_plan(("issuers", n), issuer, keys), name=issuer.name) for n, issuer in enumerate(setup.issuers))


def _about_setups(problem: Problem) -> Problem:
    return replace(problem, cure=CURES.get(problem.cure, problem.cure))


def _findings(folder: Path, keys: dict[Loc, Key], data: Any) -> Iterator[Finding]:
    """Everything that is wrong; fills in the keys that the file names."""
    found = [*errors(SetupFile, data), *(f for loc, entry in _entries(data) for f in switch_findings(loc, entry))]
    yield from found
    if found:
        return
    setup = SetupFile.model_validate(data)
    beside = [key for key in data if key != "issuers"]
    if setup.issuers and beside:
        yield Finding((beside[0],), f"`{beside[0]}` stands beside a list of issuers", "move it into each of them", on_key=True)
    names = [issuer.name for issuer in setup.issuers]
    yield from _twice(("issuers",), "name", names)
    for loc, issuer, entry in _issuers(setup, data):
        yield from _coherent(loc, issuer, entry)
        yield from _brought(loc, issuer, folder, keys)


def _entries(data: Any) -> Iterator[tuple[Loc, Mapping[str, Any]]]:
    """Each issuer as it is written, well or not."""
    if isinstance(data, dict):
        yield (), data
        listed = data.get("issuers")
        yield from ((("issuers", n), e) for n, e in enumerate(listed if isinstance(listed, list) else ()) if isinstance(e, dict))


def _issuers(setup: SetupFile, data: Mapping[str, Any]) -> Iterable[tuple[Loc, OwnIssuer, Mapping[str, Any]]]:
    if setup.issuers:
        return [(("issuers", n), issuer, data["issuers"][n]) for n, issuer in enumerate(setup.issuers)]
    return [((), setup, data)]


def _coherent(loc: Loc, issuer: OwnIssuer, entry: Mapping[str, Any]) -> Iterator[Finding]:
    """What no single value can say."""
    settings = settings_of(issuer)
    if settings.architecture != "oauth":
        why = f"has no effect with `{issuer.profile}`: its design has no authorization server"
        yield from (
            Finding((*loc, k), f"`{k}` {why}", "remove it, or choose another profile", on_key=True) for k in FOR_OAUTH if k in entry
        )
        lives = [k for k in ("code", "id_token") if k in (entry.get("lifetimes") or {})]
        yield from (Finding((*loc, "lifetimes", k), f"`{k}` {why}", "remove it", on_key=True) for k in lives)
        return
    yield from _twice((*loc, "users"), "username", [user.username for user in issuer.users])
    yield from _twice((*loc, "clients"), "client_id", [client.client_id for client in issuer.clients])
    yield from _twice((*loc, "scopes"), "name", [scope.name for scope in issuer.scopes], SCOPES)
    yield from _twice((*loc, "keys"), "alg", [key.alg for key in issuer.keys])
    for n, client in enumerate(issuer.clients):
        yield from _client_findings((*loc, "clients", n), client, issuer, settings)


def _client_findings(loc: Loc, client: OwnClient, issuer: OwnIssuer, settings: Settings) -> Iterator[Finding]:
    """What a client cannot be here."""
    if client.client_id in people().users or any(client.client_id == user.username for user in issuer.users):
        message = f"`{short(client.client_id)}` is the name of a person, whose tokens would be taken for the client's"
        yield Finding((*loc, "client_id"), message, "choose another id")  # RFC 9700 §4.15
    elif client.client_id in CAST:
        yield Finding((*loc, "client_id"), f"`{client.client_id}` is there already", "choose another id")
    for scope in (client.scope or "").split():
        if scope not in known_scopes(issuer):
            yield Finding((*loc, "scope"), f"there is no scope `{short(scope)}`", nearest_scope(scope, issuer))
    if client.id_token_signed_response_alg not in (None, *_algs(issuer)):
        alg = client.id_token_signed_response_alg
        yield Finding((*loc, "id_token_signed_response_alg"), f"no key signs with {alg}", f"add `- alg: {alg}` to `keys:`")
    if client.require_pushed_authorization_requests and settings.value("as.par") == "off":
        message, cure = "no request can be pushed in this setting", "remove it, or set as.par"
        yield Finding((*loc, "require_pushed_authorization_requests"), message, cure)
    if client.require_signed_request_object and settings.value("as.request_object") == "off":
        message, cure = "no request can be signed in this setting", "remove it, or set as.request_object"
        yield Finding((*loc, "require_signed_request_object"), message, cure)


def _twice(loc: Loc, key: str, names: list[str], there: Iterable[str] = ()) -> Iterator[Finding]:
    """Names that stand twice in a list, or are there without it."""
    seen = set(there)
    for n, name in enumerate(names):
        if name in seen:
            yield Finding((*loc, n, key), f"`{short(name)}` is there already", "choose another one, or remove it")
        seen.add(name)


def _brought(loc: Loc, issuer: OwnIssuer, folder: Path, keys: dict[Loc, Key]) -> Iterator[Finding]:
    for n, key in enumerate(issuer.keys):
        place = (*loc, "keys", n, "pem")
        if key.pem is not None:
            try:
                keys[place] = from_file(folder / key.pem, key.alg)
            except NoKey as none:
                yield Finding(place, str(none), none.cure)


# ---------------------------------------------------------------- what it comes to


def settings_of(issuer: OwnIssuer) -> Settings:
    """The profile with its switches.  Raises UnknownSetting."""
    return Settings.of(issuer.profile, OPEN | issuer.switches)


def _algs(issuer: OwnIssuer) -> tuple[KeyType, ...]:
    return tuple(key.alg for key in issuer.keys) or USUAL


def _plan(loc: Loc, issuer: OwnIssuer, keys: Mapping[Loc, Key]) -> Plan:
    lives = issuer.lifetimes
    wishes = Wishes(
        users=tuple(_user(person, issuer) for person in issuer.users),
        clients=tuple(_client(client, issuer) for client in issuer.clients),
        scopes={scope.name: scope.allows for scope in issuer.scopes},
        resources=issuer.resources,
        algs=tuple(key.alg for key in issuer.keys),
        pems=tuple(keys[place] for n in range(len(issuer.keys)) if (place := (*loc, "keys", n, "pem")) in keys),
        lifetimes=Lifetimes(access=lives.access_token or 0, refresh=lives.refresh_token, code=lives.code, id_token=lives.id_token),
    )
    return Plan(settings=settings_of(issuer), wishes=wishes, registration=issuer.registration)


def _user(person: Person, issuer: OwnIssuer) -> User:
    usual = {claim: scope for scope, claims in CLAIMS_OF.items() for claim in claims}
    tells = usual | {claim: scope.name for scope in issuer.scopes for claim in scope.claims}
    own: dict[str, dict[str, object]] = {}
    for claim, value in person.claims.items():
        own.setdefault(tells.get(claim, "profile"), {})[claim] = value
    return User(
        person.username,
        person.full_name or person.username,
        person.password,
        roles=list(person.roles),
        groups=list(person.groups),
        permissions=list(person.permissions),
        authenticator=person.authenticator or "",
        own=own,
    )


def _client(client: OwnClient, issuer: OwnIssuer) -> Client:
    algs = {
        "token_endpoint_auth_signing_alg": client.token_endpoint_auth_signing_alg,
        "request_object_signing_alg": client.request_object_signing_alg,
    }
    demands = ("require_pushed_authorization_requests", "require_signed_request_object")
    return Client(
        client_id=client.client_id,
        title=client.client_name or client.client_id,
        redirect_uris=client.redirect_uris,
        scope=client.scope or " ".join((SCOPE, *(scope.name for scope in issuer.scopes))),
        secret=client.client_secret,
        grant_types=client.grants,
        response_types=("code",) if "authorization_code" in client.grants else (),
        id_alg=client.id_token_signed_response_alg or "",
        post_logout_redirect_uris=client.post_logout_redirect_uris,
        backchannel_logout_uri=client.backchannel_logout_uri or "",
        backchannel_logout_session_required=client.backchannel_logout_session_required,
        keys=public_keys(client.jwks) if client.jwks is not None else (),
        jwks_uri=client.jwks_uri or "",
        by_key=client.method == PRIVATE_KEY_JWT,
        algs={name: alg for name, alg in algs.items() if alg is not None},
        demands=tuple(name for name in demands if getattr(client, name)),
    )
