"""What a person sees of a served party: its page, whole, with what a browser and a screen reader need."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import product

import pytest

from sandbox.core.wire import Response
from sandbox.engine import simulation
from sandbox.language import library
from sandbox.protocol.settings import Settings
from sandbox.protocol.trace import Answered, of
from sandbox.serve.pages import PLACE, POLICY, dressed, front
from sandbox.serve.setup import is_served
from sandbox.world.parties.pages import error_page, form, page, paragraph, read
from sandbox.world.world import build
from tests.support.hostile import BAD
from tests.support.markup import Element, parsed

LOGIN = page("login", "Sign in", form("/login", {"ticket": "t"}, ("username", "text"), ("password", "password"), button="Sign in"))
CONSENT = page("consent", "Allow App?", paragraph("App wants to:") + form("/consent", {"ticket": "t", "allow": "yes"}, button="Allow"))
BELOW = "https://there.example/auth"


def elements(response: Response, tag: str, mount: str = "/auth") -> list[Element]:
    return [e for e in parsed(dressed(response, mount).body) if e.tag == tag]


def field(response: Response, name: str) -> dict[str, str]:
    return next(e.attributes for e in elements(response, "input") if e.attributes["name"] == name)


@lru_cache(maxsize=1)
def shipped() -> tuple[Response, ...]:
    """Every page that a party which can be served shows in a shipped scenario, in its own setting and in one with a tracking pixel."""

    def found() -> Iterator[Response]:
        for scenario, settings in product(map(library.get, library.ids()), (None, Settings.of("oauth-basic"))):
            run = simulation.run(scenario, settings)
            world = build(run.settings)
            for answer in of(run.events, Answered):
                if answer.response.page and answer.sender in world.net.parties and is_served(world, answer.sender):
                    yield answer.response

    return tuple({r.body: r for r in found()}.values())


@pytest.mark.slow
def test_every_page_of_the_shipped_scenarios_is_shown_whole() -> None:
    assert {r.page for r in shipped()} == {"login", "consent", "device", "logout", "app", "error", "message"}
    for response in shipped():
        there, here = parsed(response.body), parsed(dressed(response, "").body)
        texts = [e.text.strip() for e in there if e.tag not in ("head", "meta", "title")]
        shown = [e.text.strip() for e in here]
        assert not [t for t in texts if t not in shown], response.body
        images = [e.attributes["src"] for e in there if e.tag == "img"]
        assert images == [e.attributes["src"] for e in here if e.tag == "img"]


@pytest.mark.slow
def test_forms_are_the_partys_own() -> None:
    for response in (*shipped(), LOGIN):
        theirs, ours = read(BELOW, response.body)[0], read(BELOW, dressed(response, "").body)[0]
        assert ours[: len(theirs)] == theirs
        assert len(ours) == len(theirs) + (response.page in ("consent", "logout"))


@pytest.mark.parametrize("bad", BAD, ids=range(len(BAD)))
def test_names_and_values_are_not_changed_by_a_character(bad: str) -> None:
    hidden = page("login", "Sign in", form("/login", {"ticket": bad, bad: "x"}, ("username", "text"), hint=bad))
    assert read(BELOW, dressed(hidden, "").body)[0] == read(BELOW, hidden.body)[0]


def test_links_lead_below_the_path_of_the_party() -> None:
    assert [e.attributes["action"] for e in elements(LOGIN, "form")] == ["/auth/login"]
    elsewhere = page("app", "A", form("https://other.example/x", {}) + form("//other.example/y", {}) + '<img src="/p.gif" alt="">')
    assert [e.attributes["action"] for e in elements(elsewhere, "form")] == ["https://other.example/x", "//other.example/y"]
    assert [e.attributes["src"] for e in elements(elsewhere, "img")] == ["/auth/p.gif"]


def test_a_browser_knows_what_the_fields_are_for() -> None:
    name, password = field(LOGIN, "username"), field(LOGIN, "password")
    assert (name["autocomplete"], name["autocapitalize"]) == ("username", "none")
    assert {"autofocus", "required"} <= name.keys()
    assert (password["type"], password["autocomplete"]) == ("password", "current-password")
    assert "required" in password
    assert "autocomplete" not in field(LOGIN, "ticket")
    assert [e.text.strip() for e in elements(LOGIN, "label")] == ["username", "password"], "each field stands in its label"


def test_consent_can_be_refused() -> None:
    allow, deny = read(BELOW, dressed(CONSENT, "").body)[0]
    assert allow.action == deny.action
    assert (dict(allow.fields), dict(deny.fields)) == ({"ticket": "t", "allow": "yes"}, {"ticket": "t", "allow": "no"})
    assert [(e.text, e.attributes.get("class")) for e in elements(CONSENT, "button")] == [("Allow", None), ("Deny", "no")]


def test_only_the_form_that_gives_consent_can_be_refused() -> None:
    other = page("app", "A", form("/x", {"allow": "yes"}, button="Allow"))
    assert [e.text for e in elements(other, "button")] == ["Allow"]


def test_a_failed_sign_in_is_told_as_an_alert() -> None:
    def alerts(response: Response) -> list[str]:
        return [e.text for e in elements(response, "p") if e.attributes.get("role") == "alert"]

    wrong = page("login", "Sign in", form("/login", {"ticket": "t"}), status=401, error="access_denied")
    assert alerts(wrong) == ["User name and password do not fit."]
    assert alerts(LOGIN) == alerts(error_page(400, "access_denied")) == []


def test_the_policy_is_a_header_and_the_partys_headers_stay() -> None:
    party = page("app", "A", "", ("Set-Cookie", "a=b"), ("Referrer-Policy", "no-referrer"))
    answer = dressed(party, "/auth")
    assert answer.headers == (*party.headers, ("content-security-policy", POLICY))
    assert "referrer" not in [e.attributes.get("name") for e in elements(party, "meta")], "what a page tells others is the party's decision"
    assert dict(front([]).headers)["content-security-policy"] == POLICY


def test_what_is_no_page_stays_as_it_is() -> None:
    answer = Response(200, (("Content-Type", "application/json"),), '{"a": "<body data-page=\\"app\\">"}')
    assert dressed(answer, "/auth") is answer


def test_a_log_out_can_be_refused() -> None:
    asks = page("logout", "Sign out?", form("/end-session/confirmed", {"ticket": "t", "log_out": "yes"}, button="Sign out"))
    assert [e.attributes["value"] for e in elements(asks, "input") if e.attributes["name"] == "log_out"] == ["yes", "no"]
    assert "Stay signed in" in dressed(asks, "/auth").body


@pytest.mark.parametrize("text", ["plain", PLACE, f"{PLACE} twice: {PLACE}"])
def test_each_page_has_its_own_ticket_whatever_else_it_says(text: str) -> None:
    """The rest of a page is made once; a page that says what stands for the ticket meanwhile is made by itself."""
    for ticket in ("first-ticket", "second_ticket"):
        response = page("login", text, form("/login", {"ticket": ticket}, ("username", "text"), button="Go"))
        assert field(response, "ticket")["value"] == ticket
        shown = dressed(response, "/auth").body
        assert shown.count(ticket) == 1
        assert shown.count(PLACE) == 2 * text.count(PLACE), "in the title and in the heading"
