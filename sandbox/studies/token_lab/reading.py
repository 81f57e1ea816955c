"""Reading a token, however broken it is: as strictly as RFC 7519 wants it, and as leniently as an attacker would."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from sandbox.core.memo import nothing_kept
from sandbox.core.text import plural
from sandbox.engine import knowledge
from sandbox.protocol.tokens import NotAJwt, decode, packed

MAX = 16 * 1024  # characters of a pasted token, and of a header or of claims
AROUND = "\ufeff\u200b\u2060\"'`“”‘’„«»<>,;"  # what stands around a token that is copied from a text
CARRIERS = (
    "access_token",
    "id_token",
    "token",
    "logout_token",
    "id_token_hint",
    "subject_token",
    "client_assertion",
    "assertion",
    "request",
)
PARAMETER = re.compile(rf"(?:^|[?#&;\s])(?P<name>{'|'.join(CARRIERS)})=(?P<value>[^&#\s\"']+)")
CLAIMS = frozenset({"iss", "sub", "aud", "exp", "iat", "nbf", "jti", "scope", "client_id"})
JWE = ("header", "encrypted key", "initialization vector", "ciphertext", "authentication tag")
SURROGATE = re.compile("[\ud800-\udfff]")  # half a pair: JSON can escape it, UTF-8 cannot carry it


class BadInput(ValueError):
    """The typed text cannot be used; the message says why."""


@dataclass(frozen=True, slots=True)
class Part:
    """One of the parts between the dots: what a strict reader says about it ('' if it is fine), and what a lenient one makes of it."""

    name: str
    raw: str
    fault: str
    lenient: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """A token read twice.  `strict`: why RFC 7519 refuses it, or ''; `header` and `claims` as a lenient reader sees them, or None."""

    token: str
    strict: str
    parts: tuple[Part, ...]
    header: dict[str, Any] | None = None
    claims: dict[str, Any] | None = None
    notes: tuple[str, ...] = ()

    @property
    def lenient(self) -> bool:
        return self.header is not None and self.claims is not None

    @property
    def bound_to(self) -> str:
        """The thumbprint of the key that the token is bound to (RFC 9449 §6), or ''."""
        cnf = (self.claims or {}).get("cnf")
        return str(cnf["jkt"]) if isinstance(cnf, dict) and "jkt" in cnf else ""


def cleaned(text: str) -> tuple[str, tuple[str, ...]]:
    """The token in the pasted text, and the parts that were removed from it.  Raises BadInput if it is too long."""
    if len(text) > MAX:
        raise BadInput(f"This is longer than {MAX // 1024} KiB. No API here takes such a token.")
    token, notes = text.encode("utf-8", "replace").decode().strip(f" \t\r\n{AROUND}"), list[str]()
    if token != text.strip():
        notes.append("Quotes or invisible marks around it were taken off.")
    if (found := _within(token)) is not None:
        token, where = found
        notes.append(f"Taken from {where}.")
    for scheme in ("authorization:", "bearer ", "dpop "):
        if token.lower().startswith(scheme):
            token = token[len(scheme) :].lstrip()
            notes.append(f"“{scheme.strip().rstrip(':').capitalize()}” was taken off.")
    if isinstance(_json(token), dict):
        return token, tuple(notes)  # JSON alone: its blanks are its own
    bare = "".join(token.split())
    if bare != token:
        notes.append("Line breaks and blanks were taken out.")
    return bare, tuple(notes)


def _within(text: str) -> tuple[str, str] | None:
    """A token in what was pasted around it, and where: a JSON answer, or the query, fragment or form of an address; None if in none."""
    data = _json(text)
    if isinstance(data, dict):
        named = ((name, data[name]) for name in CARRIERS if isinstance(data.get(name), str) and data[name].count(".") >= 2)
        return next(((value, f"{name} of the JSON") for name, value in named), None)
    found = PARAMETER.search(text)
    if found is None:
        return None
    before = text[: found.start("name")]
    place = "the fragment" if "#" in before else "the query" if "?" in before else "the form"
    return unquote(found["value"]), f"{found['name']} in {place}"


def _json(text: str) -> Any:
    try:
        return json.loads(text) if text.startswith("{") else None
    except (ValueError, RecursionError):
        return None


def read(text: str) -> Reading:
    """Read a token, strictly and leniently, part by part.  Raises BadInput if it is too long."""
    token, notes = cleaned(text)
    alone = _alone(token)
    if alone is not None:
        name, data = alone
        strict = f"it is {name} alone: a token has three parts"
        part = Part(name, token, strict, pretty(data))
        notes += (f"This is {name} alone, without {'claims' if name == 'header' else 'header'} and signature.",)
        header, claims = (data, None) if name == "header" else (None, data)
        return Reading(token, strict, (part,), header, claims, notes)
    raws = token.split(".")
    if len(raws) == 5 and "enc" in (_object(raws[0]) or {}):
        return _encrypted(token, raws, notes)
    with nothing_kept():
        strict = _fault(token)
        parts = tuple(_part(name, raw) for name, raw in zip(("header", "claims", "signature"), raws, strict=False))
        lenient = knowledge.opened(token)
    found = [_object(raw) for raw in raws[:2]]
    header, claims = (*found, None, None)[:2]
    if header is not None and claims is not None and lenient is None:
        notes += ("Even a lenient reader finds this only piece by piece: it does not look like a JWT as a whole.",)
    return Reading(token, strict, parts, header, claims, notes)


def _alone(token: str) -> tuple[str, dict[str, Any]] | None:
    """A header, or claims, that were pasted without the rest, as JSON or in base64url; a header says `alg`, and not for whom it is."""
    data = _json(token) if token.startswith("{") else _object(token) if "." not in token else None
    if not isinstance(data, dict):
        return None
    is_header = ("alg" in data or "typ" in data) and not CLAIMS & set(data)
    return ("header" if is_header else "claims"), data


def _encrypted(token: str, raws: list[str], notes: tuple[str, ...]) -> Reading:
    """A JWE: its header can be read, and nothing else without the key (RFC 7516 §3)."""
    header = _object(raws[0])
    parts = (Part("header", raws[0], "", pretty(header)), *(Part(n, r, "", "") for n, r in zip(JWE[1:], raws[1:], strict=True)))
    said = "Its five parts are a JWE (RFC 7516 §3): only who has the key can read its claims, and a signature, if any, is inside."
    return Reading(token, "it is encrypted, and no API here has a key for it", parts, header, None, (*notes, said))


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
        return base64.urlsafe_b64decode(raw + "=" * (-len(raw) % 4)).decode("utf-8", "replace")[:2000]
    except ValueError:
        return ""
