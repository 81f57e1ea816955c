"""How messages are protected: cookies, caches, frames, and which pages may read answers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from email.utils import parsedate_to_datetime

from sandbox.reality.describing import lasting
from sandbox.reality.exchanges import Exchange
from sandbox.reality.finding import Evidence, Finding, found
from sandbox.reality.recognition import issued
from sandbox.reality.seen.look import Look, at

SESSION = re.compile(r"sess|sid$|^sid|auth|token|identity|jwt|login|^connect\.|interaction", re.IGNORECASE)
CSRF = re.compile(r"csrf|xsrf", re.IGNORECASE)
GONE = re.compile(r"expires=Thu, 01[ -]Jan[ -]1970|max-age=0(?:;|$)", re.IGNORECASE)


def _flags(line: str) -> tuple[str, set[str], str]:
    """Name, attributes and SameSite of a Set-Cookie line (RFC 10025 §4.1)."""
    pair, *attributes = (part.strip() for part in line.split(";"))
    named = {a.partition("=")[0].lower(): a.partition("=")[2] for a in attributes}
    return pair.partition("=")[0], set(named), named.get("samesite", "")


def _set(look: Look, hosts: list[str]) -> list[tuple[Exchange, str, set[str], str]]:
    """The cookies that these hosts set, without those that they take away."""
    return [
        (e, *_flags(line))
        for e in look.story.exchanges
        if e.host in hosts
        for name, line in e.response.headers
        if name.lower() == "set-cookie" and not GONE.search(line) and line.partition("=")[2][:1] not in ("", ";")
    ]


def cookies(look: Look) -> Iterator[Finding]:
    """Whether cookies are protected (RFC 10025 §4.1)."""
    parts = look.story.parts
    if look.story.oauth:
        cookies_ = [c for c in _set(look, parts.issuers) if not CSRF.search(c[1])]
        yield from _session(cookies_, "as_cookies", "as_cookies_weak", "of the server")
    yield from _lives(look)
    own = [name for _, name, *_ in _set(look, [*parts.issuers, *parts.clients]) if SESSION.search(name)]
    if own and not any(name.startswith(("__Host-", "__Secure-")) for name in own):
        yield found("cookie_prefix", f"No session cookie has a prefix ({', '.join(dict.fromkeys(own[:4]))})", [])
    clients = [h for h in parts.clients if h not in parts.issuers or not look.story.oauth]
    every = _set(look, clients)
    yield from _session(
        [c for c in every if not CSRF.search(c[1])], "session_cookie", "session_cookie_weak", "of the client", since=_since(look)
    )
    weak: dict[str, tuple[list[str], list[Evidence]]] = {}
    for e, name, flags, _ in every:
        lacks = [word for word in ("HttpOnly", "Secure") if word.lower() not in flags]
        if lacks and (CSRF.search(name) or not SESSION.search(name)):
            weak.setdefault(name, (lacks, []))[1].append(at(e, "response.headers.set-cookie"))
    for name, (lacks, places) in list(weak.items())[:5]:
        readable = " (scripts read it by design)" if CSRF.search(name) and "HttpOnly" in lacks else ""
        yield found("csrf_cookie_flags" if CSRF.search(name) else "cookie_flags", f"{name} lacks {' and '.join(lacks)}{readable}", places)


def _lives(look: Look) -> Iterator[Finding]:
    """How long session cookies stay in the browser, where they say so."""
    parts = look.story.parts
    lives: dict[str, tuple[int, Evidence]] = {}
    for e in look.story.exchanges if look.story.oauth or look.story.of("own_login", "sign_in") else ():
        for name, line in e.response.headers if e.host in (*parts.issuers, *parts.clients) else ():
            if name.lower() == "set-cookie" and SESSION.search(line.partition("=")[0]) and not CSRF.search(line.partition("=")[0]):
                seconds = _life(line, e.at)
                if seconds > 0:
                    lives[line.partition("=")[0].strip()] = seconds, at(e, "response.headers.set-cookie")
    for cookie, (seconds, place) in list(lives.items())[:5]:
        yield found("cookie_life", f"{cookie} lives {lasting(round(seconds / 60) * 60 if seconds > 3600 else seconds)}", [place])


def _life(line: str, now: int) -> int:
    """Seconds that a Set-Cookie line gives its cookie; 0 if it ends with the session, or says nothing that can be read."""
    if age := re.search(r";\s*max-age=(\d{1,10})", line, re.IGNORECASE):
        return int(age[1])
    if until := re.search(r";\s*expires=([^;]{10,40})", line, re.IGNORECASE):
        try:
            return max(0, int(parsedate_to_datetime(until[1].replace("-", " ")).timestamp()) - now // 1000)
        except (ValueError, TypeError, OverflowError):
            return 0
    return 0


def _since(look: Look) -> int:
    """When the first login began."""
    return min((x.authorize.at for x in look.logins if x.authorize), default=0)


def _session(found_: list[tuple[Exchange, str, set[str], str]], good: str, bad: str, whose: str, since: int = 0) -> Iterator[Finding]:
    sessions = [c for c in found_ if SESSION.search(c[1])]
    weak = [
        (e, name, flags, same) for e, name, flags, same in sessions if not {"httponly", "secure"} <= flags or same.lower() in ("", "none")
    ]
    if weak:
        said = dict.fromkeys(f"{name} {_lacks(flags, same)}" for _, name, flags, same in weak)
        site_only = all({"httponly", "secure"} <= flags for _, _, flags, _ in weak)  # browsers differ in what they take for it
        places = [at(e, "response.headers.set-cookie") for e, *_ in weak]
        yield found(bad, f"Cookies {whose}: {'; '.join(list(said)[:4])}", places, "note" if site_only else None)
    elif sessions:
        names = dict.fromkeys(name for _, name, _, _ in sessions)
        same = {s.capitalize() for *_, s in sessions}
        times = Counter(name for name, _ in {(name, e.at) for e, name, *_ in sessions})  # a name that is set again gets a new value
        renewed = "; a new value after login" if since and max(times.values()) > 1 and whose == "of the client" else ""
        yield found(
            good,
            f"Cookies {whose} ({', '.join(list(names)[:4])}): HttpOnly, Secure, SameSite={'/'.join(sorted(same))}{renewed}",
            [at(e, "response.headers.set-cookie") for e, *_ in sessions],
        )


def _lacks(flags: set[str], same: str) -> str:
    missing = [w for w in ("HttpOnly", "Secure") if w.lower() not in flags] + ([] if same else ["SameSite"])
    return " and ".join([*([f"lacks {', '.join(missing)}"] if missing else []), *(["has SameSite=None"] if same.lower() == "none" else [])])


def cors(look: Look) -> Iterator[Finding]:
    """Which pages may read the answers of an API."""
    wide: dict[str, list[Evidence]] = {}
    apis = {e.host for e in look.story.of("api")}
    for e in look.story.of("api", "userinfo", "own_login", "token", "preflight"):
        if e.response.header("access-control-allow-origin") == "*" and (e.host in apis or issued(e)):
            wide.setdefault(e.host, []).append(at(e, "response.headers.access-control-allow-origin", "*"))
    for host, places in wide.items():
        yield found("cors_wide", f"{host} answers Access-Control-Allow-Origin: *", places)


def caches(look: Look) -> Iterator[Finding]:
    """Whether an answer with tokens may be kept (RFC 6749 §5.1)."""
    answers = [e for e in (*look.redeemed, *look.story.of("own_login", "swap")) if issued(e)]
    loose = [e for e in answers if "no-store" not in (e.response.header("cache-control") or "").lower()]
    if loose:
        yield found(
            "token_cacheable",
            "An answer with tokens has no Cache-Control: no-store",
            [at(e, "response.headers.cache-control", e.response.header("cache-control") or "(absent)") for e in loose],
        )
    elif answers:
        yield found(
            "token_not_cached",
            "Answers with tokens carry Cache-Control: no-store",
            [at(e, "response.headers.cache-control") for e in answers],
        )


def frames(look: Look) -> Iterator[Finding]:
    """Whether the login page can be laid under somebody else's (RFC 9700 §4.16)."""
    pages = [
        e
        for e in look.story.exchanges
        if e.host in look.story.parts.issuers
        and e.response.status == 200
        and re.search(r"type=[\"']?password", e.response.body, re.IGNORECASE)
    ]
    open_ = [
        e
        for e in pages
        if not e.response.header("x-frame-options") and "frame-ancestors" not in (e.response.header("content-security-policy") or "")
    ]
    if open_:
        yield found(
            "login_framable",
            "The page with the password field has neither X-Frame-Options nor frame-ancestors",
            [at(e, "response.headers") for e in open_],
        )
    elif pages:
        yield found(
            "login_not_framable",
            "The page with the password field refuses to be shown in a frame",
            [at(e, "response.headers") for e in pages],
        )


RULES = (cookies, cors, caches, frames)
