"""Texts of any kind: pages, scripts, XML, broken JSON, lines of headers, commands; what is secret in them by its shape, or by the name
before it.  Each form is sought only where a character of it is there."""

from __future__ import annotations

import re
from typing import Protocol

from sandbox.reality import shapes
from sandbox.reality.names import PLAIN_WORDS, is_personal, is_secret

PEM = re.compile(r"-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----[^-]{1,20000}-----END [A-Z ]{0,20}PRIVATE KEY-----")
LINE = re.compile(r"^([ \t-]{0,40}([\w.-]{2,60}):[ \t]{1,4})([^\r\n]{3,4000})$", re.MULTILINE)  # of YAML that is broken, or of headers
CURL_USER = re.compile(r"(\s(?:-u|--user)[ =]{1,2}[\"']?[^\s:\"']{1,100}:)([^\s\"']{1,200})")
INSIDE = re.compile(r"\b[a-z][a-z0-9+.-]{1,20}://[^\s\"'<>\\)]+", re.IGNORECASE)
BEARER = re.compile(r"\b(Bearer|DPoP|Basic|token)\s+([\w.~+/=-]{8,})")
FIELD = re.compile(r"<(?:input|meta|button|option)\b[^<>]{0,4000}>", re.IGNORECASE)
ATTRIBUTE = re.compile(r"\b(name|value|content|type)\s{0,3}=\s{0,3}(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'<>]+))", re.IGNORECASE)
TAGGED = re.compile(r"<(?:[\w-]{1,40}:)?([\w-]{2,40})(\s[^<>]{0,400})?>([^<>]{1,4000})</")  # <Password>…</Password>, <textarea name="…">
QUOTED = re.compile(r"\b([A-Za-z_][\w-]{1,40})(\s{0,3}[:=]\s{0,3})([\"'`])([^\"'`\r\n]{3,4000})\3")  # of a script, or of GraphQL
WORD = re.compile(r"(?<![\w/.=&-])[A-Za-z0-9_~+=-]{20,200}(?![\w/.-])", re.ASCII)
JSON_PAIR = re.compile(r'(\\?["\'])(\w{2,40})\1\s*:\s*\1((?:(?!\1).){4,4000}?)\1')
ASSIGNED = re.compile(r"\b([A-Za-z_]\w{2,40})=([^\s&;,\"'<>]{4,4000})")
TAGS = {
    "address", "picture", "code", "summary", "title", "option", "button", "label", "p", "td", "th", "li", "pre", "span", "div", "script",
    "style", "textarea",
}  # fmt: skip
HEADERS = ("authorization", "proxy-authorization", "cookie", "set-cookie", "location", "referer")
PLACEHOLDER = re.compile(r"(?:#|%23)(?:\d+|more)\Z|\.[a-z_-]+-\d+\Z")


class Masker(Protocol):
    """Whoever puts something in place of what is found (`masking.py`)."""

    def secret(self, kind: str, value: str) -> str: ...

    def token(self, kind: str, jwt: str) -> str: ...

    def value(self, name: str, value: str, depth: int = 0) -> str: ...

    def credential_of(self, kind: str, value: str) -> str: ...

    def address(self, url: str, depth: int = 0) -> str: ...

    def field(self, name: str) -> None: ...


def placeholder(text: str) -> bool:
    """Whether this is what stands for a secret, or ends with it."""
    return bool(PLACEHOLDER.search(text))


def prose(masker: Masker, value: str, depth: int) -> str:
    """A text of any kind, with what is secret in it by its shape or by the name before it."""
    if "PRIVATE KEY-----" in value:
        value = PEM.sub(lambda m: masker.secret("private_key", m[0]), value)
    if ": " in value:
        value = LINE.sub(lambda m: m[1] + _line(masker, m[2], m[3], depth), value)
    if "curl" in value:
        value = CURL_USER.sub(lambda m: m[1] + masker.secret("password", m[2]), value)
    if "://" in value:
        value = INSIDE.sub(lambda m: masker.address(m[0], depth + 1), value)
    if "eyJ" in value:
        value = shapes.JWT.sub(lambda m: m[0] if placeholder(m[0]) else masker.token("token", m[0]), value)
    if "<" in value:
        value = FIELD.sub(lambda m: _field(masker, m[0], depth), value)
        if "</" in value:
            value = TAGGED.sub(lambda m: _element(masker, m, depth), value)
    if '"' in value and ":" in value:
        value = JSON_PAIR.sub(lambda m: m[0].replace(m[3], _told(masker, m[2], m[3], depth)), value)
    if "=" in value:
        value = ASSIGNED.sub(lambda m: f"{m[1]}={_told(masker, m[1], m[2], depth)}", value)
    if ":" in value or "=" in value:
        value = QUOTED.sub(lambda m: f"{m[1]}{m[2]}{m[3]}{_quoted(masker, m[1], m[4], depth)}{m[3]}", value)
    value = BEARER.sub(
        lambda m: m[0] if placeholder(m[2]) or not shapes.random_looking(m[2]) else f"{m[1]} {masker.credential_of('access_token', m[2])}",
        value,
    )
    if "@" in value or "%40" in value:
        value = shapes.EMAIL.sub(lambda m: masker.secret("email", m[0].replace("%40", "@")), value)
    if value.count(".") > 2:
        value = shapes.IPV4.sub(lambda m: m[0] if m[0] in shapes.LOCAL else masker.secret("ip", m[0]), value)
    if "::" in value or value.count(":") > 6:
        value = shapes.IPV6.sub(lambda m: masker.secret("ip", m[0]) if shapes.is_ipv6(m[0]) else m[0], value)
    if len(value) > 20 and " " in value:  # a single word has been judged as a whole
        value = WORD.sub(lambda m: masker.secret("value", m[0]) if shapes.random_looking(m[0]) and not placeholder(m[0]) else m[0], value)
    return value


def _told(masker: Masker, name: str, value: str, depth: int) -> str:
    """A value in prose after its name: masked only if the name says that it is a secret."""
    if placeholder(value) or not is_secret(name) or value.lower() in PLAIN_WORDS or not re.search(r"[\d_~-]", value):
        return value
    return masker.value(name, value, depth + 1)


def _line(masker: Masker, name: str, value: str, depth: int) -> str:
    """What stands after a name and a colon: a header, or a line of YAML."""
    if name.lower() in HEADERS:
        return masker.value(name, value, depth + 1)
    return value if " " in value.strip() else _told(masker, name.rpartition(".")[2], value, depth)


def _quoted(masker: Masker, name: str, value: str, depth: int) -> str:
    """A value in quotes after its name in a script: masked if the name says that it is a secret, and it does not look like a name."""
    plain = value.lower() in PLAIN_WORDS or is_secret(value) or (" " in value and not re.search(r"\d", value))
    if placeholder(value) or not is_secret(name) or plain or len(value) < 6:
        return value
    return masker.value(name, value, depth + 1)


def _element(masker: Masker, found: re.Match[str], depth: int) -> str:
    """The text of an element whose name, or whose attribute `name`, says that it is a secret."""
    inside = {m[1].lower(): m[2] or m[3] or m[4] or "" for m in ATTRIBUTE.finditer(found[2] or "")}
    name = inside.get("name", "") if found[1].lower() in TAGS else found[1]
    if not (is_secret(name) or is_personal(name)) or placeholder(found[3]) or not found[3].strip():
        return found[0]
    return f"{found[0][: -len(found[3]) - 2]}{masker.value(name, found[3], depth + 1)}</"


def _field(masker: Masker, tag: str, depth: int) -> str:
    """A field of a form in a page: a hidden one may hold an answer of the server (form_post), or what keeps forgers out."""
    found = {m[1].lower(): m[2] or m[3] or m[4] or "" for m in ATTRIBUTE.finditer(tag)}
    if found.get("type", "").lower() == "password" and found.get("name"):
        masker.field(found["name"])
    value = found.get("value", "") or found.get("content", "")
    if not value or placeholder(value):
        return tag
    return tag.replace(value, masker.value(found.get("name", ""), value, depth + 1)) if len(value) > 3 else tag
