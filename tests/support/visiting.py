"""A person's browser at the ASGI interface of the served parties: cookies by path, redirects, and forms that are filled in."""

from __future__ import annotations

import html
import re
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from sandbox.core.wire import FORM
from tests.support.asgi import Answer, ask
from tests.support.real import PASSWORDS

BANK_PASSWORD = "penny-lane-64"
FORMS = re.compile(r"<form[^>]* action=\"([^\"]*)\"[^>]*>(.*?)</form>", re.S)
INPUTS = re.compile(r"<input([^>]*)>")


class Visitor:
    """Alice, or somebody else who knows the passwords."""

    def __init__(self, server: Any, origin: str, name: str = "alice") -> None:
        self.server, self.origin, self.name = server, origin, name
        self.jar: dict[tuple[str, str], str] = {}  # path and name -> value
        self.posted: dict[str, str] = {}  # what a page sends elsewhere by a form
        self.at, self.answer = "", Answer([{"status": 0, "headers": []}, {"body": b""}])

    def ask(self, method: str, url: str, body: bytes = b"", *headers: tuple[str, str]) -> Answer:
        """One request, with the cookies that belong there; redirects are not followed."""
        target = url.removeprefix(self.origin)
        cookies = "; ".join(f"{name}={value}" for (path, name), value in self.jar.items() if target.startswith(path))
        sent = (*headers, ("Accept", "text/html"), *([("Cookie", cookies)] if cookies else []))
        answer = ask(self.server, method, target, body, *sent, host=urlsplit(self.origin).netloc)
        for name, value in answer.headers:
            if name == "set-cookie":
                pair, *told = value.split("; ")
                path = next(t for t in told if t.startswith("Path="))[5:]
                self.jar[path, pair.partition("=")[0]] = pair.partition("=")[2]
        return answer

    def visit(self, url: str, no: bool = False) -> str:
        """Go there, do what is asked, and say where this ends: at a page without a form, or at an address elsewhere."""
        self.at, self.answer = url, self.ask("GET", url)
        for _ in range(12):
            location, form = self.answer.header("location"), FORMS.search(self.answer.body.decode())
            if location is not None:
                self.at = urljoin(self.at, location)
                if not self.at.startswith(f"{self.origin}/"):
                    return self.at
                self.answer = self.ask("GET", self.at)
            elif form is not None:
                self.at = urljoin(self.at, html.unescape(form[1]))
                if not self.at.startswith(f"{self.origin}/"):
                    self.posted = self._filled(form[2])
                    return self.at
                body = urlencode(self._filled(form[2]) | ({"allow": "no"} if no else {})).encode()
                self.answer = self.ask("POST", self.at, body, ("Content-Type", FORM))
            else:
                return self.at
        raise AssertionError(f"no end: {self.at} {self.answer.body[-400:]!r}")

    def _filled(self, inside: str) -> dict[str, str]:
        at_bank = any(f"/{place}/" in urlsplit(self.at).path for place in ("bank", "importer"))
        password = BANK_PASSWORD if at_bank else PASSWORDS[self.name]
        known = {"username": self.name, "password": password, "bank_password": password}
        fields = [dict(re.findall(r'(\w+)="([^"]*)"', tag)) for tag in INPUTS.findall(inside)]
        return {f["name"]: html.unescape(f.get("value", "")) or known.get(f["name"], "") for f in fields}
