"""Finding the token in whatever was pasted: a header, a curl command, a JSON answer, a cookie, an address, a line of a log.

What stands around it is left out, and said to be.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from sandbox.core.text import plural

MAX = 16 * 1024  # characters of what is pasted, and of a header or of claims
MOST = 6  # tokens that are offered of one text
DEPTH = 4  # of JSON in which a token is looked for
AROUND = "\ufeff\u200b\u2060\"'`“”‘’„«»<>,;"  # what stands around a token that is copied from a text
CARRIERS = (
    "access_token",
    "id_token",
    "token",
    "logout_token",
    "id_token_hint",
    "subject_token",
    "actor_token",
    "client_assertion",
    "assertion",
    "request",
)
_NAMES = "|".join(CARRIERS)
_JWT = r"eyJ[\w-]+={0,2}(?:\.[\w-]*={0,2}){2,4}(?:~[\w.~-]*)?"
WHOLE_JWT = re.compile(_JWT, re.ASCII)
BARE = re.compile(r"[\w~+/-]+={0,2}(?:\.[\w~+/-]*={0,2})*", re.ASCII)  # what can be sent as a token (RFC 6750 §2.1)
OPAQUE = re.compile(r"(?=.*\d)[\w.~+/-]{16,}=*", re.ASCII)  # random enough to be a token that says nothing
SCHEME = re.compile(r"(?:(authorization)\s*:\s*)?(?:(bearer|dpop)\s+)?", re.IGNORECASE)
PLACES = (  # the most telling first
    ("the Authorization header", re.compile(r"authorization[\"']?\s*[:=]\s*[\"']?(?:bearer|dpop)\s+(?P<value>[^\s\"',;\\]+)", re.I)),
    ("the DPoP header", re.compile(rf"\bdpop[\"']?\s*:\s*[\"']?(?P<value>{_JWT})", re.I)),
    ("--oauth2-bearer", re.compile(r"--oauth2-bearer[\s=][\"']?(?P<value>[^\s\"']+)")),
    ("the cookie {name}", re.compile(rf"cookie[\"']?\s*[:=][^\n]{{0,4000}}?(?<![\w-])(?P<name>[\w.-]{{1,64}})=(?P<value>{_JWT})", re.I)),
    ("{name} of the JSON", re.compile(rf"[\"'](?P<name>{_NAMES})[\"']\s*:\s*[\"'](?P<value>[^\s\"']+)[\"']")),
    ("{name} in {part}", re.compile(rf"(?:^|[?#&;\s\"'])(?P<name>{_NAMES})=(?P<value>[^&#\s\"']+)")),
    ("the text after “{name}”", re.compile(r"\b(?P<name>bearer|dpop)\s+(?P<value>[\w.~+/-]{16,}=*)", re.I | re.ASCII)),
    ("the text", re.compile(rf"(?<![\w.-])(?P<value>{_JWT})", re.ASCII)),
)


class BadInput(ValueError):
    """The typed text cannot be used; the message says why."""


@dataclass(frozen=True, slots=True)
class Pasted:
    """The token in a text, what was taken off it as sentences, and the other tokens there with the place of each."""

    token: str
    taken: tuple[str, ...] = ()
    others: tuple[tuple[str, str], ...] = ()


def found_in(text: str) -> Pasted:
    """The token in the pasted text.  Raises BadInput if the text is too long."""
    if len(text) > MAX:
        raise BadInput(
            f"This is longer than {MAX:,} characters, so nothing was read. No API here takes such a token; "
            "if it is a file or a log, paste the lines around the token."
        )
    taken: list[str] = []
    bare = text.encode("utf-8", "replace").decode().strip(f" \t\r\n{AROUND}")
    if bare != text.strip():
        taken.append("Quotes or invisible marks around it were taken off.")
    data = as_json(bare)
    if isinstance(data, dict):
        return _of(list(_in_json(data)), bare, taken) if _carries(data) else Pasted(bare, tuple(taken))
    return _unwrapped(bare, taken) or _of(list(_in_text(bare)), bare, taken)


def as_json(text: str) -> Any:
    """The JSON value of a text that begins like an object; None if it is none."""
    try:
        return json.loads(text) if text.startswith("{") else None
    except (ValueError, RecursionError):
        return None


def _unwrapped(text: str, taken: list[str]) -> Pasted | None:
    """A token alone, or after the name of its header and scheme, however its lines were broken; None if there is more."""
    prefix = SCHEME.match(text)
    rest = text[prefix.end() :] if prefix else text
    words = rest.split()
    token = "".join(words)
    if not BARE.fullmatch(token) or any(WHOLE_JWT.fullmatch(word) for word in words[1:]):
        return None
    said = [f"“{name.capitalize()}” was taken off." for name in (prefix.groups() if prefix else ()) if name]
    broken = ["Line breaks and blanks were taken out."] if len(words) > 1 else []
    return Pasted(token, (*taken, *said, *broken))


def _of(found: list[tuple[str, str]], text: str, taken: list[str]) -> Pasted:
    """The first that was found, with the others; the whole text, without its blanks, if nothing was."""
    found = list({token: (where, token) for where, token in reversed(found)}.values())[::-1][:MOST]
    if not found:
        token = "".join(text.split())
        return Pasted(token, (*taken, "Line breaks and blanks were taken out.") if token != text else tuple(taken))
    (where, token), *others = found
    if token == text:
        return Pasted(token, tuple(taken))
    return Pasted(token, (*taken, f"Taken from {where}.", _left_out(len(text) - len(token), text)), tuple(others))


def _left_out(rest: int, text: str) -> str:
    what = " of the curl command" if text.startswith("curl ") else ""
    return f"{plural(max(rest, 1), 'character')}{what} around it {'was' if rest == 1 else 'were'} left out."


def _carries(data: dict[str, Any]) -> bool:
    """Whether a JSON object has a token in it, rather than being one: claims, a key or a JWS in JSON have names of their own."""
    return not {"payload", "ciphertext", "keys", "kty"} & set(data) and any(True for _ in _in_json(data))


def _in_json(data: Any, depth: int = DEPTH) -> Iterator[tuple[str, str]]:
    """Tokens in a JSON answer: the values of the names that carry them, if they look like one; the access token whatever it looks like."""
    if isinstance(data, dict) and depth:
        named = [(name, data[name]) for name in CARRIERS if isinstance(data.get(name), str)]
        yield from ((f"{name} of the JSON", v) for name, v in named if _may_be(v) or (name == "access_token" and BARE.fullmatch(v)))
    if isinstance(data, dict | list) and depth:
        for value in list(data.values() if isinstance(data, dict) else data)[:50]:
            yield from _in_json(value, depth - 1)


def _in_text(text: str) -> Iterator[tuple[str, str]]:
    """Tokens in a text, in its order, each where it is said best."""
    spans: list[tuple[int, int, str]] = []
    for place, pattern in PLACES:
        for match in pattern.finditer(text):
            start, end = match.span("value")
            if place != PLACES[0][0] and not _may_be(unquote(match["value"])):
                continue  # `request=GET` is no token
            if all(end <= s or start >= e for s, e, _ in spans):
                spans.append((start, end, place.format(part=_part(text, start), **match.groupdict())))
    for start, end, where in sorted(spans):
        value = text[start:end]
        yield where, unquote(value) if "%" in value else value


def _may_be(value: str) -> bool:
    """Whether a value looks like a token rather than like a word."""
    return value.count(".") >= 2 or bool(OPAQUE.fullmatch(value))


def _part(text: str, at: int) -> str:
    """Whether what stands here in a text is the query or the fragment of an address, or a form."""
    word = re.split(r"[\s\"']", text[:at])[-1]
    return "the fragment" if "#" in word else "the query" if "?" in word else "the form"
