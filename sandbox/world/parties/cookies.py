"""A browser's cookies: which are kept, and which travel with a request (RFC 10025 §5.7, §5.8.3)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from sandbox.core.wire import Response, split


@dataclass(frozen=True, slots=True)
class Cookie:
    """One cookie.  `same_site` is Lax unless the server says otherwise; `domain` is '' for a cookie of one host only."""

    value: str
    same_site: str = "Lax"
    http_only: bool = False
    secure: bool = False
    path: str = "/"
    domain: str = ""


@dataclass
class Jar:
    """The cookies of one browser, by the host that set them and by name."""

    kept: dict[str, dict[str, Cookie]] = field(default_factory=dict)

    def of(self, url: str) -> dict[str, Cookie]:
        """The cookies that fit an address by host, path and scheme (RFC 10025 §5.8.3); who asks is not looked at."""
        u = split(url)
        fitting = (
            (name, cookie)
            for host, cookies in self.kept.items()
            for name, cookie in cookies.items()
            if (host == u.netloc or (cookie.domain and _below(u.netloc, cookie.domain)))
            and _path_fits(u.path or "/", cookie.path)
            and (not cookie.secure or u.scheme == "https")
        )
        return dict(fitting)

    def travelling(self, url: str, same_site: bool, top_level_get: bool) -> Iterator[tuple[str, Cookie]]:
        """Those that travel: across sites, Lax ones only with a GET of the whole window, Strict ones never (RFC 10025 §5.8.3)."""
        for name, cookie in self.of(url).items():
            if same_site or cookie.same_site == "None" or (cookie.same_site == "Lax" and top_level_get):
                yield name, cookie

    def keep(self, url: str, response: Response) -> None:
        """Take the cookies of an answer; those that break the rules are dropped without a word, as browsers do (RFC 10025 §5.7)."""
        for name, value in response.headers:
            if name.lower() == "set-cookie":
                self._keep(url, value)

    def _keep(self, url: str, text: str) -> None:
        pair, *attributes = [part.strip() for part in text.split(";")]
        name, _, value = pair.partition("=")
        given = {k.lower(): v for k, _, v in (a.partition("=") for a in attributes)}
        u, domain, path = split(url), given.get("domain", "").lstrip(".").lower(), given.get("path", "")
        cookie = Cookie(
            value=value,
            same_site=site if (site := given.get("samesite", "").capitalize()) in ("Strict", "None") else "Lax",
            http_only="httponly" in given,
            secure="secure" in given,
            path=path if path.startswith("/") else _folder(u.path),
            domain=domain,
        )
        if not _allowed(name, cookie, u.netloc, u.scheme):
            return
        jar = self.kept.setdefault(domain or u.netloc, {})
        jar.pop(name, None)
        if given.get("max-age") != "0":
            jar[name] = cookie


def _allowed(name: str, cookie: Cookie, host: str, scheme: str) -> bool:
    """Whether this host may set this cookie (RFC 10025 §5.7: domains, Secure, and the prefixes of §4.1.3, in any spelling)."""
    if cookie.domain and ("." not in cookie.domain or not (host == cookie.domain or _below(host, cookie.domain))):
        return False
    if cookie.secure and scheme != "https":
        return False
    if cookie.same_site == "None" and not cookie.secure:
        return False
    if name.lower().startswith("__host-"):
        return cookie.secure and cookie.path == "/" and not cookie.domain
    return cookie.secure if name.lower().startswith("__secure-") else True


def _below(host: str, domain: str) -> bool:
    return host == domain or host.endswith(f".{domain}")


def _path_fits(path: str, cookie: str) -> bool:
    return path == cookie or path.startswith(cookie if cookie.endswith("/") else f"{cookie}/")


def _folder(path: str) -> str:
    """The default path of a cookie: up to, and without, the last slash."""
    return path.rpartition("/")[0] or "/"
