"""What a token says, as findings: the same for one in a recording and one that comes as a file.  Claims are masked by now."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.core.text import plural
from sandbox.engine.exposure import is_short
from sandbox.engine.knowledge import opened
from sandbox.reality.describing import lasting
from sandbox.reality.finding import Evidence, Finding, found
from sandbox.reality.names import is_personal
from sandbox.studies.token_lab.showing import PERSONAL, RIGHTS

DEMONSTRATION = re.compile(r"change-?me|keystore-change|example|demo|test-?key|default-?key|sample", re.IGNORECASE)
LARGE = 4096  # characters: half of what servers read of all headers together
MAIL = re.compile(r"email#\d+")  # what stands for an e-mail address
DEFINITE_DEMO = re.compile(r"change-?me", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Token:
    """A token that was met: how it is written now that it is masked, how it is called, how long it was, and where it was seen."""

    written: str
    label: str
    length: int
    places: tuple[Evidence, ...]
    lasts: int | None = None  # seconds, where the answer that brought it says so

    @property
    def header(self) -> Mapping[str, Any]:
        token = opened(self.written)
        return token.header if token else {}

    @property
    def claims(self) -> Mapping[str, Any]:
        token = opened(self.written)
        return token.claims if token else {}

    @property
    def jwt(self) -> bool:
        return opened(self.written) is not None

    @property
    def life(self) -> int | None:
        """Seconds from issue to expiry, by its claims or by the answer that brought it."""
        exp, iat = self.claims.get("exp"), self.claims.get("iat")
        if isinstance(exp, int | float) and isinstance(iat, int | float):
            return int(exp - iat)
        return self.lasts

    @property
    def is_id_token(self) -> bool:
        """Whether it is an ID token: it says so by its name, or by claims that only ID tokens have (OIDC Core §2)."""
        kind = str(self.header.get("typ", "")).lower()
        if self.label.startswith("id_token"):
            return True
        if not self.jwt or kind in ("at+jwt", "application/at+jwt") or {"scope", "scp", "client_id"} & set(self.claims):
            return False
        return bool({"nonce", "at_hash", "c_hash"} & set(self.claims)) or (
            isinstance(self.claims.get("aud"), str)
            and "://" not in self.claims["aud"]
            and "iss" in self.claims
            and "email_verified" in self.claims
        )

    @property
    def from_server(self) -> bool:
        """Whether its claims are those of an authorization server."""
        return bool({"client_id", "scope", "scp", "azp"} & set(self.claims)) or ("iss" in self.claims and self.is_id_token)


def access(token: Token) -> Iterator[Finding]:
    """What an access token shows."""
    if not token.jwt:
        yield from _opaque(token)
        return
    header, at = token.header, token.places
    yield found("access_token_jwt", f"Access token: {describe(token)}", at)
    yield from signed(token)
    yield from _audience(token)
    if str(header.get("typ", "")).lower().removeprefix("application/") == "at+jwt":
        yield found("typed", "typ is at+jwt: it cannot be mixed up with an ID token by who looks", at)
    else:
        yield found("not_typed", f"typ is {header.get('typ', 'absent')}: nothing tells it from another kind of JWT", at)
    yield from _person(token)
    yield from living(token)
    yield from binding(token)
    if token.length > LARGE:
        yield found("large_token", f"{plural(token.length, 'character')} in a header of each request", at)


def _opaque(token: Token) -> Iterator[Finding]:
    life = f"; it lives {lasting(token.lasts)} by the answer that brought it" if token.lasts else ""
    if token.written.startswith("eyJ") or "JWE" in token.label:
        yield found("encrypted_token", "The token is encrypted: what it says cannot be read", token.places)
    yield found("opaque_access_token", f"The access token is opaque: only its issuer can say what it means{life}", token.places)
    yield from living(token)
    yield found("bearer", "Sent as a bearer token: whoever copies it can use it", token.places)


def describe(token: Token) -> str:
    """A JWT in a sentence."""
    claims, header = token.claims, token.header
    words = ["JWT", str(header.get("alg", "no alg"))]
    words += [f"typ {header['typ']}"] if "typ" in header else []
    words += [f"aud {_listed(claims['aud'])}"] if claims.get("aud") else []
    words += [f"{token.life} s"] if token.life is not None else []
    words += [f"scope {claims['scope']}"] if isinstance(claims.get("scope"), str) else []
    return ", ".join(words)


def _listed(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def signed(token: Token) -> Iterator[Finding]:
    """How it is signed, and with whose key."""
    alg, kid = str(token.header.get("alg", "")), str(token.header.get("kid", ""))
    if alg.startswith("HS"):
        yield found("hs256", f"{alg}: whoever can verify can sign; the secret can be guessed off line from one token", token.places)
    elif alg.startswith(("RS", "PS")):
        yield found("signed_rsa", f"{alg}: only the issuer can sign", token.places)
    elif alg.startswith(("ES", "Ed")):
        yield found("signed_ec", f"{alg}: only the issuer can sign", token.places)
    elif alg.lower() in ("none", ""):
        yield found("unsigned", "No algorithm: anybody can write such a token", token.places)
    yield from demonstration(kid, token.places)


def demonstration(kid: str, places: Sequence[Evidence]) -> Iterator[Finding]:
    """Keys that come with a software and that everybody has."""
    if DEFINITE_DEMO.search(kid):
        yield found(
            "dev_keys", f'kid "{kid}": the demonstration keys that come with the software are in use; everybody has the private key', places
        )


def _audience(token: Token) -> Iterator[Finding]:
    claims, at = token.claims, token.places
    missing = [name for name in ("iss", "aud", "jti") if not claims.get(name)]
    aud = claims.get("aud")
    if "iss" in missing and "aud" in missing:
        yield found(
            "no_aud_iss",
            f"No {', no '.join(missing)}: valid wherever its key is known"
            + (", and no single token can be named on a denylist" if "jti" in missing else ""),
            at,
        )
    elif not aud:
        yield found("no_audience", "No aud: no API can refuse it for being meant for another", at)
    elif aud in (claims.get("client_id"), claims.get("azp"), "account"):
        yield found("audience_is_client", f"aud is {_listed(aud)}: that is the client, or a part of the server, and no API of yours", at)
    elif isinstance(aud, list) and len(others := _besides_issuer(aud, claims.get("iss"))) > 1:
        yield found("several_audiences", f"aud names {plural(len(others), 'recipient')}: each can use it at the others", at)
    elif isinstance(aud, list) and len(aud) > 1:
        yield found("one_audience", f"aud {_listed(aud)}: one API, and the issuer itself", at)
    else:
        yield found("one_audience", f"aud {_listed(aud)}: one API", at)


def _besides_issuer(aud: Sequence[object], iss: object) -> list[str]:
    """The recipients that are not the issuer: it can make tokens anyway, so its UserInfo endpoint can do nothing more with one."""
    own = f"{str(iss).rstrip('/')}/"
    return [a for a in map(str, aud) if not (f"{a}/".startswith(own) and a.removeprefix(own).strip("/").lower() in ("", a, "userinfo"))]


def _personal(claims: Mapping[str, Any]) -> list[str]:
    """The claims that tell about a person, by their names in any language, or because an e-mail address is in them."""
    named = [n for n in PERSONAL if claims.get(n)]
    others = (n for n, v in claims.items() if n not in PERSONAL and v and (n == "sub" or v != claims.get("sub")))
    return named + [n for n in others if is_personal(n) or MAIL.fullmatch(str(claims[n]))]


def _person(token: Token) -> Iterator[Finding]:
    personal = _personal(token.claims)
    rights = [n for n in RIGHTS if token.claims.get(n)]
    if personal:
        yield found("pii_in_token", f"{', '.join(personal)} in the token: everybody who sees it can read it", token.places)
    if rights:
        said = f"{rights[0]} {_listed(token.claims[rights[0]])}" if isinstance(token.claims[rights[0]], str) else ", ".join(rights)
        yield found("role_in_token", f"{said} in the token: a change takes effect when the token expires", token.places)
    if not personal and not rights:
        yield found("lean", "No name, e-mail address or role in the token", token.places)


def living(token: Token) -> Iterator[Finding]:
    """How long it lives."""
    life = token.life
    if token.jwt and "exp" not in token.claims:
        yield found("no_expiry", "No exp: it never ends by itself", token.places)
    elif life is not None and life > 0:
        short = is_short(life)
        yield found("lifetime_short" if short else "lifetime_24h", f"The token lives {lasting(life)} ({life} s)", token.places)


def binding(token: Token) -> Iterator[Finding]:
    """Whether it is bound to a key."""
    cnf = token.claims.get("cnf")
    if isinstance(cnf, dict) and cnf:
        yield found("key_bound", f"cnf {', '.join(map(str, cnf))}: bound to a key", token.places)
    else:
        yield found("bearer", "No cnf claim: whoever copies it can use it", token.places)


def identity(token: Token) -> Iterator[Finding]:
    """What an ID token shows."""
    claims = token.claims
    personal = _personal(claims)
    life = f"; lives {lasting(token.life)} ({token.life} s)" if token.life else ""
    if personal:
        yield found(
            "id_token_pii", f"The ID token carries {', '.join(personal)}{life}; aud {_listed(claims.get('aud', 'absent'))}", token.places
        )
    if not claims.get("nonce"):
        yield found("no_nonce_in_token", "The ID token has no nonce", token.places)
    yield from demonstration(str(token.header.get("kid", "")), token.places)
