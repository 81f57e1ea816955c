"""What all rules look at: the recording understood, its logins followed, and each token with every place where it was met."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from urllib.parse import unquote

from sandbox.engine.knowledge import opened
from sandbox.reality.exchanges import Exchange
from sandbox.reality.finding import Evidence
from sandbox.reality.har import Source
from sandbox.reality.logins import Login, logins
from sandbox.reality.recognition import Story, issued
from sandbox.reality.token_facts import Token


def plain(text: str) -> str:
    """A text with all layers of URL encoding taken off."""
    for _ in range(4):
        text = unquote(text)
    return text


ENTRY_POINTS = ("token", "refresh", "password_grant")


def at(exchange: Exchange, where: str, value: str = "") -> Evidence:
    """A place in a recording."""
    return Evidence(where, exchange.entry, value)


@dataclass
class Look:
    """One recording, to be looked at."""

    story: Story
    source: Source

    @cached_property
    def logins(self) -> list[Login]:
        return logins(self.story)

    @cached_property
    def redeemed(self) -> list[Exchange]:
        """The requests to a token endpoint."""
        return self.story.of("token", "refresh", "password_grant")

    @cached_property
    def by_page(self) -> list[Exchange]:
        """Those that a script of a page has sent."""
        return [
            e
            for e in self.redeemed
            if e.form.get("grant_type") and (e.by_script or (e.request.header("origin") and e.resource != "document"))
        ]

    @cached_property
    def tokens(self) -> list[Token]:
        """Each token that was met, with the places: first where it was issued, then where it was sent."""
        found: dict[str, Token] = {}
        for kind, value, place, lasts in self._met():
            known = found.get(value)
            if known is None:
                secret = self.story.masker.named(value)
                label, length = (secret.label, secret.length) if secret else (kind, len(value))
                found[value] = Token(
                    value, label if label.split("#")[0] in ("id_token", "refresh_token") else f"{kind} {label}", length, (place,), lasts
                )
            else:
                found[value] = replace(known, places=tuple(dict.fromkeys((*known.places, place))), lasts=known.lasts or lasts)
        for e in self.story.exchanges:  # where it went besides, in whatever writing
            if e.host in self.story.parts.others and "token" in e.request.url:
                text = "".join(plain(e.request.url))
                for value, token in found.items():
                    if value in text:
                        found[value] = replace(token, places=(*token.places, at(e, "request.url")))
        return list(found.values())

    def _met(self) -> Iterator[tuple[str, str, Evidence, int | None]]:
        for e in self.story.exchanges:
            if self.story.kind(e) in (*ENTRY_POINTS, "own_login", "swap"):
                lasts = e.answer.get("expires_in")
                for name, value in issued(e).items():
                    yield (
                        self._called(name),
                        value,
                        at(e, place_of(e, name)),
                        lasts if isinstance(lasts, int) and self._called(name) == "access_token" else None,
                    )
        for login in self.logins:
            lasts = login.response.get("expires_in", "")
            for name, value in login.tokens_in_answer.items():
                yield (
                    name,
                    value,
                    login.place(name),
                    int(lasts) if lasts.isdecimal() and len(lasts) < 9 and name == "access_token" else None,
                )
        for e in self.story.of("sign_in"):
            for name, line in e.response.headers if not self.story.oauth else ():
                value = line.partition("=")[2].partition(";")[0]
                if name.lower() == "set-cookie" and opened(value):
                    yield "access_token", value, at(e, "response.headers.set-cookie"), None
        for e in self.story.exchanges:
            if e.bearer and self.story.kind(e) in ("api", "userinfo", "websocket"):
                yield "access_token", e.bearer, at(e, e.bearer_place), None

    def _called(self, name: str) -> str:
        low = name.lower().replace("_", "")
        return "id_token" if low == "idtoken" else "refresh_token" if low == "refreshtoken" else "access_token"

    @cached_property
    def access_tokens(self) -> list[Token]:
        return [t for t in self.tokens if t.label.startswith("access_token")]

    @cached_property
    def id_tokens(self) -> list[Token]:
        return [t for t in self.tokens if t.label.startswith("id_token")]

    @cached_property
    def refresh_tokens(self) -> list[Token]:
        return [t for t in self.tokens if t.label.startswith("refresh_token")]


def place_of(e: Exchange, name: str) -> str:
    """Where in an answer a token is."""
    return f"response.content.text.{name}"
