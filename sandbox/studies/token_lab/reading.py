"""Reading a token, however broken it is: as strictly as RFC 7519 wants it, and as leniently as an attacker would."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sandbox.core.memo import nothing_kept
from sandbox.core.text import plural
from sandbox.engine import knowledge
from sandbox.protocol.tokens import NotAJwt, b64, decode, packed
from sandbox.studies.token_lab import forms
from sandbox.studies.token_lab.finding import as_json, found_in
from sandbox.studies.token_lab.forms import FORMS, Form

NAMES = ("header", "claims", "signature")
CLAIMS = frozenset({"iss", "sub", "aud", "exp", "iat", "nbf", "jti", "scope", "client_id"})
JWE = ("header", "encrypted key", "initialization vector", "ciphertext", "authentication tag")
MOST_DISCLOSURES = 20  # that are shown of an SD-JWT
HASHES = {"sha-256": "sha256", "sha-384": "sha384", "sha-512": "sha512"}  # of disclosures (RFC 9901 §4.1.1)
SURROGATE = re.compile("[\ud800-\udfff]")  # half a pair: JSON can escape it, UTF-8 cannot carry it


@dataclass(frozen=True, slots=True)
class Part:
    """One of the parts: what a strict reader says about it ('' if it is fine), and what a lenient one makes of it."""

    name: str
    raw: str
    fault: str = ""
    lenient: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """A token read twice.  `strict`: why RFC 7519 refuses it, or ''; `header` and `claims` as a lenient reader sees them, or None.

    `taken`: what was taken off the pasted text, as sentences; `others`: the other tokens in it, with their places.
    """

    token: str
    strict: str
    parts: tuple[Part, ...]
    header: dict[str, Any] | None = None
    claims: dict[str, Any] | None = None
    form: Form | None = None
    notes: tuple[str, ...] = ()
    taken: tuple[str, ...] = ()
    others: tuple[tuple[str, str], ...] = ()

    @property
    def lenient(self) -> bool:
        return self.header is not None and self.claims is not None

    @property
    def alone(self) -> bool:
        """Whether these are claims or a header without the rest: nothing that could be sent as a token."""
        return self.form in (FORMS["claims"], FORMS["header"])

    @property
    def signature(self) -> str:
        """The signature as it is written, or ''."""
        return next((p.raw for p in self.parts if p.name == "signature"), "")

    @property
    def bound_to(self) -> str:
        """The thumbprint of the key that the token is bound to (RFC 9449 §6), or ''."""
        cnf = (self.claims or {}).get("cnf")
        return str(cnf["jkt"]) if isinstance(cnf, dict) and "jkt" in cnf else ""


def read(text: str) -> Reading:
    """Read a token, strictly and leniently, part by part.  Raises BadInput if it is too long."""
    pasted = found_in(text)
    return replace(_read(pasted.token), taken=pasted.taken, others=pasted.others)


def _read(token: str) -> Reading:
    data = as_json(token)
    if isinstance(data, dict) and (form := forms.of_json(data)):
        return _in_json(token, data, form)
    if (alone := _alone(token, data)) is not None:
        return alone
    if "~" in token and token.partition("~")[0].count(".") == 2:
        return _selective(token)
    raws = token.split(".")
    if len(raws) == 5 and "enc" in (header := _object(raws[0]) or {}):
        form = FORMS["jwe-nested" if forms.is_jwt(header.get("cty")) else "jwe"]
        parts = (Part("header", raws[0], lenient=pretty(header)), *(Part(n, r) for n, r in zip(JWE[1:], raws[1:], strict=True)))
        return Reading(token, form.strict, parts, header, None, form)
    return _compact(token, raws)


def _compact(token: str, raws: list[str]) -> Reading:
    """Three parts with dots, or what somebody takes for them."""
    with nothing_kept():
        strict = _fault(token)
        parts = tuple(_part(name, raw) for name, raw in zip(NAMES, raws, strict=False))
        lenient = knowledge.opened(token)
    header, claims = ([_object(raw) for raw in raws[:2]] + [None, None])[:2]
    notes: tuple[str, ...] = ()
    if header is not None and claims is not None and lenient is None:
        notes = ("Even a lenient reader finds this only piece by piece: it does not look like a JWT as a whole.",)
    form = forms.of_jwt(header, claims, raws[1]) if header is not None and len(raws) == 3 else None
    if len(raws) == 1 and token and header is None:
        form = FORMS["opaque"]
    if form is FORMS["nested"]:
        parts += tuple(_inside(raws[1]))
    return Reading(token, (form.strict if form else "") or strict, parts, header, claims, form, notes)


def _inside(raw: str) -> Iterator[Part]:
    """The parts of the JWT that is the payload of another one."""
    for part in _read_plain(_bytes(raw)):
        yield replace(part, name=f"{part.name} inside")


def _read_plain(token: str) -> tuple[Part, ...]:
    return tuple(_part(name, raw) for name, raw in zip(NAMES, token.split("."), strict=False))


def _alone(token: str, data: Any) -> Reading | None:
    """A header, or claims, that were pasted without the rest, as JSON or in base64url; a header says `alg`, and not for whom it is."""
    found = data if token.startswith("{") else _object(token) if "." not in token else None
    if not isinstance(found, dict):
        return None
    is_header = ("alg" in found or "typ" in found) and not CLAIMS & set(found)
    form = FORMS["header" if is_header else "claims"]
    header, claims = (found, None) if is_header else (None, found)
    return Reading(token, form.strict, (Part(form.id, token, form.strict, pretty(found)),), header, claims, form)


# ---------------------------------------------------------------- other forms


def _in_json(token: str, data: Mapping[str, Any], form: Form) -> Reading:
    """A JWS, a JWE or keys in JSON; of several signatures the first is shown."""
    if form.id not in ("jws-general", "jws-flat"):
        secret = form.id == "jwk" and any(name in data for name in ("d", "k", "p", "q"))
        said = ["It is a private or secret key: whoever has seen it can sign with it."] if secret else []
        return Reading(token, form.strict, (), None, None, form, tuple(said))
    signatures = data["signatures"] if form.id == "jws-general" else [data]
    first = signatures[0] if signatures and isinstance(signatures[0], dict) else {}
    raws = [str(first.get("protected", "")), str(data["payload"]), str(first.get("signature", ""))]
    unprotected = first.get("header")
    header = (_object(raws[0]) or {}) | (unprotected if isinstance(unprotected, dict) else {})
    with nothing_kept():
        parts = tuple(_part(name, raw) for name, raw in zip(NAMES, raws, strict=True))
    notes = [f"It has {plural(len(signatures), 'signature')}; the first one is shown."] if len(signatures) > 1 else []
    notes += ["Part of its header is not protected by the signature."] if unprotected else []
    return Reading(token, form.strict, parts, header, _object(raws[1]), form, tuple(notes))


def _selective(token: str) -> Reading:
    """An SD-JWT: the issuer's JWT, its disclosures, and a key binding JWT if it does not end with a tilde (RFC 9901 §4)."""
    jwt, *rest = token.split("~")
    disclosures, binding = rest[:-1], rest[-1]
    form = FORMS["sd-jwt-kb" if binding else "sd-jwt"]
    inner = _compact(jwt, jwt.split("."))
    digests, hashed = set(_digests(inner.claims or {}, disclosures)), HASHES.get(str((inner.claims or {}).get("_sd_alg", "sha-256")))
    told = [_disclosure(n, raw, digests, hashed) for n, raw in enumerate(disclosures[:MOST_DISCLOSURES], 1)]
    more = len(disclosures) - len(told)
    notes = (f"{plural(more, 'more disclosure')} not shown.",) if more > 0 else ()
    parts = (*inner.parts, *told, *(replace(p, name=f"{p.name} of the key binding") for p in _read_plain(binding) if binding))
    return Reading(token, form.strict, parts, inner.header, inner.claims, form, notes)


def _disclosure(number: int, raw: str, digests: set[str], hashed: str | None) -> Part:
    """One disclosure: salt, name and value, or salt and value of something in a list (RFC 9901 §4.2)."""
    text = _bytes(raw)
    known = hashed is not None and b64(hashlib.new(hashed, raw.encode("utf-8", "replace")).digest()) in digests
    fault = "" if known else "its hash stands nowhere in the token" if hashed else "the token names a hash that is not known here"
    return Part(f"disclosure {number}", raw, fault, text)


def _digests(claims: Any, disclosures: list[str]) -> Iterator[str]:
    """The digests in `_sd` and `...` of the claims, and of what is disclosed, which may hold more."""
    values = [claims, *(_list(raw) for raw in disclosures)]
    for _ in range(10_000):  # no more than fit into what can be pasted
        if not values:
            return
        value = values.pop()
        if isinstance(value, dict):
            yield from (d for d in [*_as_list(value.get("_sd")), value.get("...")] if isinstance(d, str))
            values += value.values()
        elif isinstance(value, list):
            values += value


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _list(raw: str) -> list[Any]:
    """A disclosure as JSON; empty if it is none."""
    try:
        return _as_list(json.loads(_bytes(raw)))
    except (ValueError, RecursionError):
        return []


# ---------------------------------------------------------------- part by part


def _fault(token: str) -> str:
    """Why a strict reader refuses the token, or ''."""
    try:
        decode(token)
    except NotAJwt as error:
        return str(error)
    return ""


def _part(name: str, raw: str) -> Part:
    """Which fault a strict reader finds in this part alone: it is tried inside a token that is otherwise fine."""
    empty = packed({})
    trial = {"header": f"{raw}.{empty}.", "claims": f"{empty}.{raw}.", "signature": f"{empty}.{empty}.{raw}"}[name]
    fault = _fault(trial)
    if name == "signature":
        return Part(name, raw, fault, plural(len(raw), "character") if raw else "none")
    data = _object(raw)
    return Part(name, raw, fault, pretty(data) if data is not None else _bytes(raw))


def pretty(value: Any) -> str:
    """JSON as people read it; '' if it is nested too deep.  Half a surrogate pair is escaped, or no page could be sent it."""
    try:
        return SURROGATE.sub(lambda m: f"\\u{ord(m[0]):04x}", json.dumps(value, indent=2, ensure_ascii=False))
    except RecursionError:
        return ""


def _object(raw: str) -> dict[str, Any] | None:
    """A JSON object in base64url of any kind: padded or not, with doubled names, with stray bits."""
    try:
        value = json.loads(base64.urlsafe_b64decode(raw.rstrip("=") + "=" * (-len(raw.rstrip("=")) % 4)))
    except (ValueError, RecursionError):
        try:
            value = json.loads(raw)  # JSON that was never encoded
        except (ValueError, RecursionError):
            return None
    return value if isinstance(value, dict) else None


def _bytes(raw: str) -> str:
    """Whatever can be seen of a part that is no JSON object."""
    try:
        return base64.urlsafe_b64decode(raw + "=" * (-len(raw) % 4)).decode("utf-8", "replace")
    except ValueError:
        return ""
