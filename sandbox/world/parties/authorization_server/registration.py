"""Dynamic client registration (RFC 7591): a client describes itself, and gets an id and, if it can keep one, a secret.

Open to everybody, as a teaching server may be.  In the simulation only the assistant asks.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from sandbox.core.wire import Response, json_response
from sandbox.protocol.client_jwts import PRIVATE_KEY_JWT, SIGNED_BY_CLIENTS
from sandbox.protocol.grant_types import DEVICE_CODE
from sandbox.protocol.tokens import public_key
from sandbox.world.parties.authorization_server import assertions, request_objects
from sandbox.world.parties.authorization_server.config import AUTH_METHODS
from sandbox.world.parties.authorization_server.core import Core
from sandbox.world.parties.authorization_server.redirect_uris import LONGEST, takes_logout_tokens, unfit
from sandbox.world.parties.authorization_server.store import Client
from sandbox.world.parties.limits import KEPT

FOR_PUBLIC = ("authorization_code", "refresh_token", DEVICE_CODE)
GRANTS = (*FOR_PUBLIC, "client_credentials")  # the last is for confidential clients only (RFC 6749 §4.4)
MOST_URIS = 10
MOST_KEYS = 10
JWK_MEMBERS = ("kty", "crv", "x", "y", "n", "e", "kid", "use", "alg")  # what is kept of a public key
SECRET_MEMBERS = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})  # RFC 7518 §6
ALGS, DEMANDS = (assertions.ALG, request_objects.ALG), (request_objects.MUST_PUSH, request_objects.MUST_SIGN)
NO_STORE = ("Cache-Control", "no-store")


class Unfit(Exception):
    """The metadata cannot be accepted; the code of RFC 7591 §3.2.2 and a sentence."""

    def __init__(self, error: str, text: str) -> None:
        super().__init__(text)
        self.answer = json_response(400, {"error": error, "error_description": text}, NO_STORE)


def register(core: Core, wanted: Any, by_operator: bool = False, fault: str | None = None) -> Response:
    """RFC 7591 §3.  Unknown members are left out of the answer (§2).

    `by_operator`: who runs this server asks, not a stranger; `fault`: why the body could not be read."""
    try:
        if fault is not None:
            raise Unfit("invalid_client_metadata", fault)
        client = _client(core, wanted, by_operator)
    except Unfit as unfit:
        return unfit.answer
    core.store.clients[client.client_id] = client
    for old in [c.client_id for c in list(core.store.clients.values()) if c.registered_at][:-KEPT]:
        del core.store.clients[old]
    return json_response(201, _described(client, str(wanted.get("token_endpoint_auth_method", AUTH_METHODS[0]))), NO_STORE)


def published(core: Core, document: dict[str, Any], address: str) -> Client:
    """The client that a document at its own address describes, by the rules for those who register themselves.  Raises Unfit.

    It can have no secret, which would be readable there; so it is public, or has a key."""
    if secret := next((name for name in ("client_secret", "client_secret_expires_at") if name in document), None):
        raise Unfit("invalid_client_metadata", f"{secret} must not be there: a published secret is none.")
    method = document.get("token_endpoint_auth_method", "none")
    if method not in ("none", PRIVATE_KEY_JWT):
        raise Unfit("invalid_client_metadata", f"token_endpoint_auth_method must be none or {PRIVATE_KEY_JWT}: a published secret is none.")
    return _client(core, document | {"token_endpoint_auth_method": method}, by_operator=False, address=address)


def _client(core: Core, wanted: Any, by_operator: bool, address: str = "") -> Client:
    """The client.  `address`: where it describes itself, if it has no need to register."""
    if not isinstance(wanted, dict):
        raise Unfit("invalid_client_metadata", "The body must be a JSON object.")
    method = _one_of(wanted, "token_endpoint_auth_method", AUTH_METHODS)
    grants = _subset(wanted, "grant_types", GRANTS, GRANTS[:1])
    if method == "none" and not set(grants) <= set(FOR_PUBLIC):
        raise Unfit("invalid_client_metadata", "client_credentials is for clients that can prove who they are.")
    alone = not {"authorization_code", "refresh_token"} & set(grants)  # nobody is sent anywhere, so nothing is sent back (RFC 7591 §2.1)
    entropy, keys, published = core.net.entropy, _keys(wanted), _jwks_uri(core, wanted)
    if method == PRIVATE_KEY_JWT and not keys and not published:
        raise Unfit("invalid_client_metadata", f"A client that authenticates by {PRIVATE_KEY_JWT} needs its public keys in jwks.")
    return Client(
        client_id=address or _wanted_id(core, wanted) or entropy.token("client id", 12),
        title=_text(wanted, "client_name", "A client without a name" if address else "A client that registered itself"),
        redirect_uris=tuple(_redirect_uri(uri, by_operator) for uri in _list(wanted, "redirect_uris", (), alone)),
        scope=" ".join(s for s in _text(wanted, "scope", " ".join(core.scopes)).split() if s in core.scopes),
        secret=None if method in ("none", PRIVATE_KEY_JWT) else entropy.token("client secret", 24),
        grant_types=grants,
        response_types=() if alone else _subset(wanted, "response_types", ("code",), ("code",)),
        exact_redirect=core.policy.exact_redirect == "on",
        id_alg=_one_of(wanted, "id_token_signed_response_alg", [k.alg for k in core.keys]),
        registered_at=0 if address else core.net.clock.now(),
        by_document=bool(address),
        by_itself=not by_operator,
        post_logout_redirect_uris=tuple(_redirect_uri(uri, by_operator) for uri in _list(wanted, "post_logout_redirect_uris", ())),
        backchannel_logout_uri=_backchannel_uri(wanted),
        backchannel_logout_session_required=_flag(wanted, "backchannel_logout_session_required"),
        keys=keys,
        jwks_uri=published,
        by_key=method == PRIVATE_KEY_JWT,
        algs={name: _one_of(wanted, name, list(SIGNED_BY_CLIENTS)) for name in ALGS if name in wanted},
        demands=tuple(name for name in DEMANDS if _demanded(core, wanted, name, signs=bool(keys or published))),
    )


def _wanted_id(core: Core, wanted: dict[str, Any]) -> str:
    """The client_id that is asked for, where this server lets clients choose; '' otherwise.  It is not compared with the names of people
    (RFC 9700 §4.15)."""
    chosen = "" if core.policy.own_client_ids == "on" else _text(wanted, "client_id", "")
    if chosen in core.store.clients:
        raise Unfit("invalid_client_metadata", "This client_id is taken.")
    return chosen


def _described(client: Client, method: str) -> dict[str, Any]:
    """RFC 7591 §3.2.1."""
    out: dict[str, Any] = {"client_id": client.client_id, "client_id_issued_at": client.registered_at}
    out |= {"client_secret": client.secret, "client_secret_expires_at": 0} if client.secret else {}
    out |= {"client_name": client.title, "redirect_uris": client.redirect_uris, "scope": client.scope}
    out |= {"grant_types": client.grant_types, "response_types": client.response_types}
    out |= {"post_logout_redirect_uris": client.post_logout_redirect_uris} if client.post_logout_redirect_uris else {}
    if client.backchannel_logout_uri:
        out |= {"backchannel_logout_uri": client.backchannel_logout_uri}
        out |= {"backchannel_logout_session_required": client.backchannel_logout_session_required}
    out |= {"jwks": {"keys": [dict(jwk) for jwk in client.keys]}} if client.keys else {}
    out |= {"jwks_uri": client.jwks_uri} if client.jwks_uri else {}
    out |= {**client.algs, **dict.fromkeys(client.demands, True)}
    return out | {"token_endpoint_auth_method": method, "id_token_signed_response_alg": client.id_alg}


def _keys(wanted: dict[str, Any]) -> tuple[dict[str, Any], ...]:
    """The public keys that a client registers by value (RFC 7591 §2)."""
    return public_keys(wanted["jwks"]) if "jwks" in wanted else ()


def _jwks_uri(core: Core, wanted: dict[str, Any]) -> str:
    """Where a client publishes its keys instead (RFC 7591 §2), '' for nowhere.  What is fetched, and how, is not known here."""
    if "jwks_uri" not in wanted:
        return ""
    if "jwks" in wanted:
        raise Unfit("invalid_client_metadata", "jwks and jwks_uri cannot be there at once.")
    if core.unfetchable is None:
        raise Unfit("invalid_client_metadata", "jwks_uri is not supported: nothing is fetched from there. Register the keys as jwks.")
    uri = _text(wanted, "jwks_uri", "")
    why = unfit(uri) or core.unfetchable(uri)
    if why is not None:
        raise Unfit("invalid_client_metadata", f"jwks_uri: {why}")
    return uri


def usable_keys(jwks: Any) -> tuple[dict[str, Any], ...]:
    """Those of a published set that can be used; a client may have others there, for others."""
    found = jwks.get("keys") if isinstance(jwks, dict) else None
    out: list[dict[str, Any]] = []
    for jwk in found[: 5 * MOST_KEYS] if isinstance(found, list) else ():
        with suppress(Unfit):
            out += public_keys({"keys": [jwk]})
    return tuple(out[:MOST_KEYS])


def public_keys(jwks: Any) -> tuple[dict[str, Any], ...]:
    """What counts of a client's JWK Set (RFC 7517 §5).  Raises Unfit."""
    found = jwks.get("keys") if isinstance(jwks, dict) else None
    if not isinstance(found, list) or not 0 < len(found) <= MOST_KEYS or not all(isinstance(jwk, dict) for jwk in found):
        raise Unfit("invalid_client_metadata", f"jwks must be a JWK Set of at most {MOST_KEYS} keys.")
    return tuple(_key(jwk) for jwk in found if jwk.get("use") != "enc")  # nothing is encrypted here


def _key(jwk: dict[str, Any]) -> dict[str, Any]:
    """What counts of a public key."""
    if SECRET_MEMBERS & jwk.keys():
        raise Unfit("invalid_client_metadata", "A key of jwks is secret: register its public half, and make a new one.")
    kept = {name: jwk[name] for name in JWK_MEMBERS if name in jwk}
    sized = all(isinstance(value, str) and len(value) <= LONGEST for value in kept.values())
    algs = ("ES256", "EdDSA", "Ed25519", "RS256")  # RS256 stands for PS256: RSA keys are of one kind
    plain = {name: value for name, value in kept.items() if name != "alg"}
    if not sized or kept.get("alg", algs[0]) not in SIGNED_BY_CLIENTS or not any(public_key(plain, alg) for alg in algs):
        raise Unfit("invalid_client_metadata", f"Each key of jwks must be a public key for one of {', '.join(SIGNED_BY_CLIENTS)}.")
    return kept


def _demanded(core: Core, wanted: dict[str, Any], name: str, *, signs: bool) -> bool:
    """Whether the client wants its requests to be refused if they come in another way (RFC 9126 §6, RFC 9101 §10.5).

    `signs`: it has keys."""
    value = wanted.get(name, False)
    if not isinstance(value, bool):
        raise Unfit("invalid_client_metadata", f"{name} must be true or false.")
    offered = core.policy.par != "off" if name == request_objects.MUST_PUSH else core.policy.request_object != "off" and signs
    if value and not offered:
        raise Unfit("invalid_client_metadata", f"{name} cannot be true here: there would be no way to ask.")
    return value


def _text(wanted: dict[str, Any], name: str, default: str) -> str:
    value = wanted.get(name, default)
    if not isinstance(value, str) or len(value) > LONGEST:
        raise Unfit("invalid_client_metadata", f"{name} must be a text of at most {LONGEST} characters.")
    return value


def _list(wanted: dict[str, Any], name: str, default: tuple[str, ...], may_be_empty: bool = False) -> list[str]:
    value = wanted.get(name, list(default))
    if not isinstance(value, list) or not all(isinstance(v, str) for v in value) or len(value) > MOST_URIS:
        raise Unfit("invalid_client_metadata", f"{name} must be a list of at most {MOST_URIS} texts.")
    if name == "redirect_uris" and not value and not may_be_empty:
        raise Unfit("invalid_redirect_uri", "A client that asks for codes needs at least one redirect URI.")
    return value


def _subset(wanted: dict[str, Any], name: str, known: tuple[str, ...], default: tuple[str, ...]) -> tuple[str, ...]:
    """Those of the wanted values that are offered; at least one must be."""
    values = tuple(v for v in dict.fromkeys(_list(wanted, name, default)) if v in known)
    if not values:
        raise Unfit("invalid_client_metadata", f"{name} can be {' and '.join(known)}.")
    return values


def _one_of(wanted: dict[str, Any], name: str, known: list[str]) -> str:
    value = wanted.get(name, known[0])
    if value not in known:
        raise Unfit("invalid_client_metadata", f"{name} must be {' or '.join(known)}.")
    return str(value)


def _flag(wanted: dict[str, Any], name: str) -> bool:
    value = wanted.get(name, False)
    if not isinstance(value, bool):
        raise Unfit("invalid_client_metadata", f"{name} must be true or false.")
    return value


def _backchannel_uri(wanted: dict[str, Any]) -> str:
    """OIDC Back-Channel Logout §2.2; '' if there is none."""
    uri = _text(wanted, "backchannel_logout_uri", "")
    if uri and not takes_logout_tokens(uri):
        raise Unfit("invalid_client_metadata", "backchannel_logout_uri must be an https address, or http on this machine.")
    return uri


def _redirect_uri(uri: str, by_operator: bool) -> str:
    why = unfit(uri, by_operator)
    if why is not None:
        raise Unfit("invalid_redirect_uri", why)
    return uri
