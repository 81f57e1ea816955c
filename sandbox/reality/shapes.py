"""What a secret, an address of a person or a JWT looks like where no name says it."""

from __future__ import annotations

import base64
import binascii
import ipaddress
import json
import re
from itertools import pairwise
from typing import Any

from sandbox.reality.spoken import unspoken

JWT = re.compile(r"(?<![\w-])eyJ[\w-]{4,}\.[\w-]{2,}\.[\w-]*(?:\.[\w-]*\.[\w-]*)?", re.ASCII)
EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}(?:@|%40)[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}", re.ASCII)
IPV4 = re.compile(r"(?<![\d.\w])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\d.\w])", re.ASCII)
IPV6 = re.compile(r"(?<![\w:.])[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}(?![\w:])", re.IGNORECASE | re.ASCII)
BRACKETED = re.compile(r"\[([0-9a-f:.]{2,45})(?:%[\w.-]{0,20})?\]", re.IGNORECASE | re.ASCII)
LOCAL = {"127.0.0.1", "0.0.0.0", "::1", "::"}
UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
HEX = re.compile(r"(?=[^a-f]*[a-f])(?=\D*\d)[0-9a-f]{16,}", re.IGNORECASE)
RANDOM = re.compile(r"[\w.~+/=-]{20,}", re.ASCII)
SHORT_RANDOM = re.compile(r"[A-Za-z0-9_-]{12,19}", re.ASCII)
BASE64 = re.compile(r"[A-Za-z0-9+/_-]{16,}={0,2}", re.ASCII)


def random_looking(text: str) -> bool:
    """Whether a word was made by a machine so that nobody guesses it: letters of both cases and digits mixed, a UUID, long hex, or at
    least 16 letters and digits, of one case too, that nobody could say."""
    if UUID.fullmatch(text) or HEX.fullmatch(text):
        return True
    if not (RANDOM.fullmatch(text) or SHORT_RANDOM.fullmatch(text)):
        return False
    if "://" in text or (text.count(".") > 3 and len(text) < 60):
        return False
    if "." not in text and unspoken(text):
        return True
    mixed = any(c.isdigit() for c in text) and any(c.islower() for c in text) and any(c.isupper() for c in text)
    return mixed and turns(text) * 4 >= len(text)


def is_ipv6(text: str) -> bool:
    """Whether it is an address of version 6 that says where somebody is."""
    if text in LOCAL or not any(c.isdigit() for c in text):
        return False
    try:
        return bool(ipaddress.IPv6Address(text))
    except ValueError:
        return False


def turns(text: str) -> int:
    """How often the kind of character changes along the text: often in what is random, seldom in words."""
    kinds = ["d" if c.isdigit() else "u" if c.isupper() else "l" if c.islower() else "" for c in text]
    told = [k for k in kinds if k]
    return sum(a != b for a, b in pairwise(told))


def unpacked(text: str) -> str | None:
    """The printable text inside a word of base64 or base64url; None if it is none."""
    if not BASE64.fullmatch(text):
        return None
    bare = text.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        raw = base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True).decode()
    except (binascii.Error, ValueError):
        return None
    return raw if raw.isprintable() or raw.lstrip()[:1] in ("{", "[") else None


def as_json(text: str) -> Any:
    """The object or list that a text holds; None if it holds none."""
    start = text.lstrip("\ufeff \t\r\n")[:1]
    if start not in ("{", "["):
        return None
    try:
        value = json.loads(text.lstrip("\ufeff"))
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict | list) else None


def jwt_parts(text: str) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """Header and claims of a signed JWT, unverified; None if it is none or is encrypted."""
    parts = text.split(".")
    if len(parts) != 3:
        return None
    found = [as_json(_decoded(part)) for part in parts[:2]]
    return (found[0], found[1]) if isinstance(found[0], dict) and isinstance(found[1], dict) else None


def _decoded(part: str) -> str:
    bare = part.rstrip("=")
    try:
        return base64.urlsafe_b64decode(bare + "=" * (-len(bare) % 4)).decode()
    except (binascii.Error, ValueError):
        return ""
