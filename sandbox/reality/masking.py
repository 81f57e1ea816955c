"""Secrets and personal data replaced by stable, typed placeholders: the same value is the same placeholder everywhere.

The first reading of a file teaches the masker its secrets, the second replaces them: in their places, and wherever else they turn up.
A JWT stays readable without its signature, with personal claims masked, because what it says is needed.
"""

from __future__ import annotations

import base64
import json
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from sandbox.core.text import plural
from sandbox.core.wire import compact
from sandbox.reality import shapes
from sandbox.reality.describing import about_token, s256
from sandbox.reality.names import KEPT, PLAIN_WORDS, is_account, is_bare, is_kept, is_password, is_personal, is_secret, kind_of, person_kind
from sandbox.reality.needles import Needles
from sandbox.reality.prose import placeholder, prose
from sandbox.reality.spoken import unspoken

PRIVATE = ("d", "p", "q", "dp", "dq", "qi", "k")  # members of a key (RFC 7518 §6)
NAMED = (
    ("name", "value"),
    ("Name", "Value"),
    ("key", "value"),
    ("Key", "Value"),
    ("type", "value"),
    ("Type", "Value"),
    ("claim", "value"),
    ("name", "example"),
    ("name", "default"),
)  # members that hold a name and its value
PUBLIC = ("kty", "n", "e", "x", "y", "crv", "kid", "use", "alg", "key_ops", "x5c", "x5t", "x5t#S256")
VAGUE = {"value": 0, "cookie": 1, "session": 1, "token": 2}  # kinds that a better name replaces
DEPTH = 8  # of writings inside each other: an address in a parameter of an address in JSON
MOST = 20_000  # secrets that get a number of their own
LONGEST_TEXT = 1 << 20  # characters of one value; what is longer is left out as a whole
LEFT_OUT = "(left out: too long to be searched for secrets)"
PAIR = re.compile(r"[\w.\[\]%-]{1,64}=[^&\s]*(?:&[\w.\[\]%-]{1,64}=[^&\s]*)*&?\Z")
ADDRESS = re.compile(r"[a-z][a-z0-9+.-]{1,20}://", re.IGNORECASE)
OURS = re.compile(r"([a-z][a-z0-9_.-]{0,30})#(\d{1,6})")
ELSEWHERE = re.compile(r"\$\{[A-Za-z_][\w.-]*\}")
BARE64 = re.compile(r"/[A-Za-z0-9+/]{40,}={1,2}")  # base64 may begin like a path
SEVERAL = re.compile(r"(\r?\n|,\s*(?=[\w.-]+=))")  # Set-Cookie headers that were joined
FORM_PART = re.compile(r'form-data\s{0,3};[^\r\n]{0,200}?\bname="([^"\r\n]{0,100})"', re.IGNORECASE)
PLACES = re.compile(r"address|street|locality|city|date|datum|phone|iban")  # whose words say nothing alone
AFTER = re.compile(
    r"reset|invite|verif|confirm|magic|activat|token|unsubscribe|recover", re.IGNORECASE
)  # what follows in a path is a secret


@dataclass(slots=True)
class Secret:
    """A value that was masked.  `challenge`: of a PKCE verifier, its S256 challenge (RFC 7636 §4.2)."""

    placeholder: str
    kind: str
    length: int
    about: str = ""
    challenge: str = ""
    written: str = ""  # what stands in its place, if it is not the placeholder
    jwt: tuple[dict[str, Any], dict[str, Any]] | None = None  # header and claims, unmasked

    @property
    def label(self) -> str:
        """The placeholder as people read it: `access_token#1 (JWT, 5 min, aud=api)`."""
        return f"{self.placeholder} ({self.about})" if self.about else self.placeholder


class Masker:
    """Everything that is known to be secret in the files of one system."""

    def __init__(self) -> None:
        self.secrets: dict[str, Secret] = {}
        self.learning = True
        self.needles = Needles()
        self._counts: Counter[str] = Counter()
        self._taken: Counter[str] = Counter()  # numbers of placeholders that stand in the files
        self._written: dict[str, Secret] = {}
        self._needed: set[str] = set()  # what looks random, and is needed under the name that it has somewhere
        self._fields: set[str] = set()  # names that a page gives to its fields for a password, in whatever language

    @property
    def listed(self) -> tuple[Secret, ...]:
        """What was masked, in the order in which it was met; no value is in it."""
        return tuple({s.placeholder: s for s in self.secrets.values()}.values())

    def named(self, written: str) -> Secret | None:
        """The secret of a placeholder, or of what stands in its place."""
        return self._written.get(written)

    def ready(self) -> Masker:
        """The end of learning: every secret gets its placeholder, in the order in which they were met."""
        self._counts.update(self._taken)
        self.secrets = {v: s for v, s in self.secrets.items() if s.kind != "value" or v not in self._needed}
        for value, known in self.secrets.items():
            self._counts[known.kind] += 1
            known.placeholder = f"{known.kind}#{self._counts[known.kind]}"
            self._written[known.placeholder] = known
            if known.jwt is None:
                self._sought(value, known)
        self.learning = False
        for value, known in self.secrets.items():
            if known.jwt is not None:
                self._readable(value, known)
        return self

    def forget(self) -> None:
        """Keep what was masked by its placeholders only: from here on no value is in here any more."""
        self.secrets, self.needles, self._needed = {}, Needles(), set()
        for known in self._written.values():
            known.jwt = None

    # ------------------------------------------------------------ one value

    def secret(self, kind: str, value: str) -> str:
        """What stands for a secret.  One that is met under a name is called by it, even if it was met without one before."""
        known = self.secrets.get(value)
        if known is None and (own := OURS.fullmatch(value)):  # of a file that was masked before
            self._taken[own[1]] = max(self._taken[own[1]], int(own[2]))
            return value
        if known is None:
            return self._fresh(kind, value)
        if self.learning and VAGUE.get(kind, 3) > VAGUE.get(known.kind, 3):
            known.kind = kind
        if kind == "code_verifier" and not known.challenge:
            known.challenge = s256(value)
        return known.written or known.placeholder

    def _fresh(self, kind: str, value: str, jwt: tuple[dict[str, Any], dict[str, Any]] | None = None) -> str:
        if kind == "value" and value in self._needed:
            return value
        if len(self.secrets) >= MOST:
            return f"{kind}#more"
        known = self.secrets[value] = Secret("", kind, len(value), jwt=jwt)
        if jwt is not None:
            known.about = about_token(*jwt)
        elif not (is_personal(kind) or kind in ("email", "ip", "password")):
            known.about = plural(len(value), "character")
        if kind == "code_verifier":
            known.challenge = s256(value)
        if not self.learning:  # what nobody has taught: it turns up in the second reading only
            self._counts[kind] += 1
            known.placeholder = f"{kind}#{self._counts[kind]}"
            self._written[known.placeholder] = known
            if jwt is not None:
                self._readable(value, known)
            else:
                self._sought(value, known)
        return known.written or known.placeholder

    def _sought(self, value: str, known: Secret) -> None:
        """Whether the value is sought in every text, and how."""
        low, personal = value.lower(), is_personal(known.kind) or known.kind in ("password", "email", "ip", "sub")
        if low in PLAIN_WORDS or low in KEPT or value.startswith(("/", "http:", "https:")) or len(value) < 3:
            return
        if personal:
            self.needles.add(value, known.placeholder, whole_word=len(value) < 12, encoded=len(value) >= 5)
        elif len(value) >= 8 and (unspoken(value) or not re.fullmatch(r"[a-z]+(?:[ ._:-][a-z]+)*|\d{1,9}", value)):
            self.needles.add(value, known.placeholder, encoded=known.kind != "value" or len(self.secrets) < 2000)

    def token(self, kind: str, jwt: str) -> str:
        """A JWT that can still be read, without its signature and what is personal in it."""
        if jwt in self.secrets:
            return self.secret(kind, jwt)
        parts = shapes.jwt_parts(jwt)
        if parts is None:
            return self.secret(kind, jwt)
        if self.learning:
            self.tree(parts[1], "", 1)
        return self._fresh(kind, jwt, parts)

    def _readable(self, jwt: str, known: Secret) -> None:
        header, claims = known.jwt or ({}, {})
        known.written = ".".join(
            (_part(self.tree(header, "", 1)), _part(self.tree(claims, "", 1)), known.placeholder.replace("#", "-").replace(".", "-"))
        )
        self._written[known.written] = known
        if known.written == jwt:
            return  # it was masked before
        _, payload, signature = jwt.split(".")
        self.needles.add(jwt, known.placeholder)
        for part in (payload, signature):
            if len(part) >= 16 and part not in known.written:
                self.needles.add(part, known.placeholder)

    # ------------------------------------------------------------ values by their names

    def value(self, name: str, value: str, depth: int = 0) -> str:
        """The value of a name: of a parameter, a header, a claim, a cookie."""
        if not value or depth > DEPTH:
            return value if not value else self.secret("value", value)
        if ELSEWHERE.fullmatch(value):
            return value  # the name of a secret that is kept elsewhere, as configurations have it
        special = SPECIAL.get(name.lower())
        if special is not None:
            return special(self, value, depth)
        if is_kept(name):
            if self.learning and shapes.random_looking(value):
                self._needed.add(value)
            return self.text(value, depth + 1, kept=True)
        if shapes.JWT.fullmatch(value):
            return self.token(kind_of(name), value)
        if shapes.EMAIL.fullmatch(value):
            return self.secret("email", value.replace("%40", "@"))
        if is_secret(name) or name in self._fields:
            self._inside(value, depth + 1)
            return self.secret("password" if name in self._fields else kind_of(name), value)
        if is_personal(name) and not value.startswith(("http://", "https://")):
            kind = person_kind(name)
            for word in value.split() if not PLACES.search(kind) and len(value.split()) > 1 else ():
                if len(word) > 2:
                    self.secret(kind, word)
            return self.secret(kind, value)
        return self.text(value, depth + 1)

    def field(self, name: str) -> None:
        """A page has a field for a password of this name."""
        if not is_kept(name):
            self._fields.add(name)

    def credential(self, value: str, depth: int) -> str:
        """The value of an Authorization header: the scheme stays (RFC 9110 §11.6.2)."""
        scheme, blank, rest = value.partition(" ")
        if not blank:
            return self.credential_of("access_token", value)
        if scheme.lower() == "basic":
            _, colon, secret = (shapes.unpacked(rest) or "").partition(":")
            if colon:
                self.secret("client_secret", unquote(secret))
                return f"{scheme} {self.secret('basic_credentials', rest)}"
        return f"{scheme} {self.credential_of('access_token', rest.strip())}"

    def credential_of(self, kind: str, value: str) -> str:
        """A credential that may be a JWT."""
        return self.token(kind, value) if shapes.JWT.fullmatch(value) else self.secret(kind, value)

    def cookie(self, value: str, depth: int) -> str:
        """A Cookie header: the names stay."""
        return "; ".join(self._crumb(part.strip(), depth) for part in value.split(";"))

    def set_cookie(self, value: str, depth: int) -> str:
        """A Set-Cookie header, or several in one: names and attributes stay."""
        return "".join(part if SEVERAL.fullmatch(part) else self._one_set(part, depth) for part in SEVERAL.split(value))

    def _one_set(self, line: str, depth: int) -> str:
        first, semicolon, rest = line.partition(";")
        return f"{self._crumb(first.strip(), depth)}{semicolon}{rest}"

    def _crumb(self, pair: str, depth: int) -> str:
        name, equals, value = pair.partition("=")
        if not equals or not value:
            return pair
        return f"{name}={self.crumb(name, value, depth)}"

    def crumb(self, name: str, value: str, depth: int = 0) -> str:
        """The value of a cookie: always masked."""
        self._inside(value, depth + 1)
        return self.token("token", value) if shapes.JWT.fullmatch(value) else self.secret("cookie", value)

    def _inside(self, value: str, depth: int) -> None:
        """Learn what is inside a value that is masked as a whole: it may turn up elsewhere."""
        plain = unquote(value)
        for inner in shapes.JWT.findall(plain):
            self.token("token", inner)
        found = plain if shapes.as_json(plain) is not None or "=" in plain.rstrip("=") or "@" in plain else shapes.unpacked(plain)
        if found is not None and depth <= DEPTH and found != value:
            self.text(found, depth + 1)
        elif found is not None and not shapes.random_looking(value):
            self.text(value, depth + 1)

    # ------------------------------------------------------------ texts

    def text(self, value: str, depth: int = 0, kept: bool = False) -> str:
        """A text, whatever it is: JSON, an address, a form, a word, or prose.  `kept`: it stays even if it looks random."""
        if depth > DEPTH or len(value) > LONGEST_TEXT:
            return LEFT_OUT if len(value) > LONGEST_TEXT else self.secret("value", value)
        data = shapes.as_json(value)
        if data is not None:
            return compact(self.tree(data, "", depth + 1))
        if " " not in value and (ADDRESS.match(value) or value.startswith(("/", "?", "#"))) and not BARE64.fullmatch(value):
            return self.address(value, depth + 1)
        if "=" in value and PAIR.match(value):
            return self.pairs(value, depth + 1)
        if not kept and " " not in value:
            inner = shapes.unpacked(value)
            telling = inner is not None and (shapes.as_json(inner) is not None or "=" in inner or "@" in inner)
            if telling or shapes.random_looking(value):
                if shapes.JWT.fullmatch(value):
                    return self.token("token", value)
                if inner is not None:
                    self.text(inner, depth + 1)
                return self.secret("value", value)
        if value.startswith("--") and FORM_PART.search(value, 0, 2000):
            return self._parts(value, depth)
        if "%" in value and " " not in value and (plain := unquote(value)) != value:
            masked = self.text(plain, depth + 1, kept)
            return quote(masked, safe="") if masked != plain else value
        return prose(self, value, depth)

    def _parts(self, value: str, depth: int) -> str:
        """A form in parts (multipart/form-data): each field is judged by its name."""
        boundary, out = value.splitlines()[0], []
        for part in value.split(boundary):
            head, blank, content = part.partition("\r\n\r\n" if "\r\n\r\n" in part else "\n\n")
            named, bare = FORM_PART.search(head), content.rstrip("\r\n")
            masked = self.value(named[1], bare, depth + 1) if named and bare else self.text(bare, depth + 1)
            out.append(f"{head}{blank}{masked}{content[len(bare) :]}")
        return boundary.join(out)

    def name(self, name: str) -> str:
        """A name: of a parameter, a member or a header; masked where a value stands in its place."""
        if shapes.JWT.fullmatch(name):
            return self.token("token", name)
        if shapes.EMAIL.fullmatch(name):
            return self.secret("email", name)
        if " " in name:
            return self.text(name, 1)  # no name, but a text that was taken for YAML
        return self.secret("value", name) if len(name) >= 16 and shapes.random_looking(name) else name

    def pairs(self, text: str, depth: int = 0) -> str:
        """`a=1&b=2`, as a form, a query or a fragment has it; what says nothing stays as it was written."""
        parts, out = text.split("&"), []
        signs_in = any(is_password(unquote(p.partition("=")[0])) for p in parts)
        for part in parts:
            name, equals, value = part.partition("=")
            plain, called = unquote(value.replace("+", " ")), unquote(name)
            masked, shown = self.value("user" if signs_in and is_account(called) else called, plain, depth + 1), self.name(called)
            name = name if shown == called else quote(shown, safe="")
            out.append(f"{name}{equals}{value if masked == plain else quote(masked, safe='')}")
        return "&".join(out)

    def address(self, url: str, depth: int = 0) -> str:
        """An address: host and path stay where they say nothing secret."""
        try:
            parts = urlsplit(url)
        except ValueError:
            return self.secret("address", url)
        netloc = self._host(parts.netloc)
        path = self._path(parts.path, depth) if parts.scheme not in ("data", "blob", "javascript") else "…"
        query = self.pairs(parts.query, depth + 1) if parts.query else ""
        fragment = self._fragment(parts.fragment, depth)
        return urlunsplit((parts.scheme, netloc, path, query, fragment))

    def _host(self, netloc: str) -> str:
        user, at, host = netloc.rpartition("@")
        if at:
            self.secret("password", user.partition(":")[2] or user)
        host = shapes.IPV4.sub(lambda m: m[0] if m[0] in shapes.LOCAL else self._machine(m[0]), host)
        host = shapes.BRACKETED.sub(lambda m: m[0] if m[1] in shapes.LOCAL else self._machine(m[1]), host)
        return f"user-masked@{host}" if at else host

    def _machine(self, ip: str) -> str:
        """What stands in an address for a number of a machine."""
        return f"{self.secret('ip', ip).replace('#', '-')}.invalid"

    def _path(self, path: str, depth: int) -> str:
        """A path; its segments may have parameters (`;jsessionid=…`), and what follows a word such as `reset` may be a secret."""
        out, before = [], ""
        for segment in path.split("/"):
            first, *parameters = segment.split(";")
            spoken = bool(AFTER.search(before)) and len(first) >= 8 and bool(re.search(r"\d", first)) and first.isalnum()
            shown = quote(self.secret("value", first), safe="") if spoken and not placeholder(first) else self._segment(first, depth)
            out.append(";".join([shown, *(self.pairs(p, depth + 1) for p in parameters)]))
            before = first
        return "/".join(out)

    def _segment(self, segment: str, depth: int) -> str:
        plain = unquote(segment)
        if shapes.JWT.fullmatch(plain):
            return quote(self.token("token", plain), safe="")
        if shapes.random_looking(plain) and not re.search(r"\.\w{2,5}$", plain):
            return quote(self.secret("value", plain), safe="")
        masked = prose(self, plain, depth) if "@" in plain else plain
        return quote(masked, safe="") if masked != plain else segment

    def _fragment(self, fragment: str, depth: int) -> str:
        if not fragment:
            return ""
        lead = fragment[: len(fragment) - len(fragment.lstrip("/!"))]
        if PAIR.match(fragment, len(lead)):
            return lead + self.pairs(fragment[len(lead) :], depth + 1)
        path, mark, query = fragment.partition("?")
        return f"{path}{mark}{self.pairs(query, depth + 1)}" if mark else self.text(fragment, depth + 1)

    # ------------------------------------------------------------ structures

    def tree(self, value: Any, name: str = "", depth: int = 0) -> Any:
        """JSON with its secrets masked; each value is judged by the name it has."""
        if isinstance(value, dict):
            if depth > 40:
                return {}
            return self._members(value, depth)
        if isinstance(value, list):
            return [self.tree(v, name, depth + 1) for v in value] if depth <= 40 else []
        if isinstance(value, str):
            return self.value(name, value, min(depth, 3)) if name else self.text(value, min(depth, 3))
        if isinstance(value, int) and not isinstance(value, bool) and is_secret(name) and not is_kept(name) and abs(value) > 999:
            return self.secret(kind_of(name), str(value))
        return value

    def _members(self, value: Mapping[str, Any], depth: int) -> dict[str, Any]:
        """An object.  Name and value may stand apart (`{"name": "Cookie", "value": ...}`); a bare `name` is a person's beside claims."""
        key, held = next(((k, v) for k, v in NAMED if isinstance(value.get(k), str) and isinstance(value.get(v), str)), ("", ""))
        name, inner = value.get(key), value.get("value")
        if isinstance(name, str):
            return {k: v if k == key else self.tree(v, name if k == held else str(k), depth + 1) for k, v in value.items()}
        if isinstance(inner, str) and value.get("type") in ("password", "secret"):
            return {k: self.secret("password", v) if k == "value" else self.tree(v, str(k), depth + 1) for k, v in value.items()}
        if isinstance(value.get("kty"), str):  # a key: its public half is no secret (RFC 7518 §6)
            return {
                k: self.secret("private_key", v)
                if k in PRIVATE and isinstance(v, str)
                else v
                if k in PUBLIC
                else self.tree(v, str(k), depth + 1)
                for k, v in value.items()
            }
        person = any(not is_bare(str(k)) and (is_personal(str(k)) or k == "sub") for k in value)
        signs_in = any(is_password(str(n)) for v in (value, *value.values()) if isinstance(v, Mapping) for n in v)
        return {
            self.name(str(k)): self.text(v, min(depth, 3))
            if isinstance(v, str) and not person and is_bare(str(k))
            else self.tree(v, "user" if signs_in and is_account(str(k)) else str(k), depth + 1)
            for k, v in value.items()
        }


def _part(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value, separators=(",", ":")).encode()).decode().rstrip("=")


Special = Callable[[Masker, str, int], str]
SPECIAL: dict[str, Special] = {
    "authorization": Masker.credential,
    "proxy-authorization": Masker.credential,
    "cookie": Masker.cookie,
    "set-cookie": Masker.set_cookie,
}
SPECIAL |= {name: lambda m, v, d: m.address(v, d + 1) for name in ("location", "referer", "url", "redirecturl")}
