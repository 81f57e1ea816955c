"""Every document that leaves the house: it parses, has one policy, asks nobody for anything, and no text becomes more than text."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import Any

import pytest

from sandbox.core.text import HIDDEN, clean
from sandbox.core.wire import Response
from sandbox.engine import simulation
from sandbox.engine.result import Stop, Verdict
from sandbox.language import library
from sandbox.protocol.settings import Settings
from sandbox.serve.pages import dressed, front
from sandbox.studies.audit import Audit, Change, Plan
from sandbox.studies.findings import Finding
from sandbox.studies.matrix import Cell
from sandbox.studies.monday import Tick
from sandbox.studies.questions import System
from sandbox.views.html import audit_page, matrix_page, offline
from sandbox.views.html.frame import LONGEST
from sandbox.views.stepper import document
from sandbox.workshop.folder import index
from sandbox.workshop.handout import handout
from sandbox.workshop.program import Entry, Workshop
from sandbox.world.parties.pages import error_page, form, page, paragraph
from tests.support import sample_runs as samples
from tests.support.hostile import BAD, poisoned
from tests.support.markup import Element, addresses, digest, directives, parsed, shape

SETTINGS = Settings.of("oauth-bcp")
ATTACK = library.get("missing-aud-replay")


@lru_cache(maxsize=1)
def stepped() -> dict[str, Any]:
    return document([samples.blocked()])


@lru_cache(maxsize=1)
def played() -> Any:
    return simulation.run(ATTACK)


def exported(text: str) -> str:
    return offline.page(poisoned(stepped()) | {"stamps": [text, text]}, text)


def matrix(text: str) -> str:
    steps = {"title": text, "story": text, "lesson": text, "refs": (text,), "id": text}
    because = {"because": text}
    scenario = ATTACK.model_copy(
        update=steps
        | {
            "blocked_by": tuple(d.model_copy(update=because) for d in ATTACK.blocked_by[:1]),
            "myths": tuple(m.model_copy(update=because | {"believed": text, "switches": {}}) for m in ATTACK.myths[:1]),
        }
    )
    stop = Stop(text, text, text, 400, text)
    kinds = ("profile", "own", "defence")
    cells = [
        Cell(
            attack=text,
            kind=kind,
            profile="oauth-bcp",
            switches=((text, text),),
            expected="succeeded",
            found="blocked",
            blocked_by=where,
            exposure=5,
            sentence=text,
            fault=text,
        )
        for kind in kinds
        for where in (stop, None)
    ]
    return matrix_page.page(cells, [scenario])


def audit(text: str) -> str:
    finding = Finding(ATTACK.id, text, text, "read", Verdict("succeeded", text), (frozenset({(text, text)}),))
    plan = Plan(settings=SETTINGS, changes=(Change("rs.check_aud", "off", text),), after=((ATTACK.id, "stalled"),))
    tick = Tick(item=text, do=text, how=text, state="open", attacks=(ATTACK.id, ATTACK.id), settings=SETTINGS, refs=(text,))
    result = Audit(
        system=System(SETTINGS),
        findings=(finding,),
        plan=plan,
        monday=(tick,),
        broken=(text,),
        repair=frozenset({(text, text)}),
    )
    return audit_page.html(result, {}, "https://app.example/sandbox")


def workshop(text: str) -> Workshop:
    changes = {"title": text, "story": text, "lesson": text, "refs": (text,)}
    steps = tuple(s.model_copy(update={"say": text}) for s in ATTACK.steps)
    scenario = ATTACK.model_copy(update=changes | {"steps": steps})
    return Workshop(text, text, (Entry(scenario, SETTINGS, text, 3, text),), ())


def handed_out(text: str) -> str:
    shown, run = workshop(text), played()
    asked = tuple(
        s.model_copy(
            update={"predict": s.predict and s.predict.model_copy(update=dict.fromkeys(("question", "accepted", "refused"), text))}
        )
        for s in ATTACK.steps
    )
    run = replace(run, case=replace(run.case, scenario=ATTACK.model_copy(update={"steps": asked, "title": text})))
    return handout(shown, [(shown.entries[0], run)], {})


def contents(text: str) -> str:
    return index(workshop(text), [text], text)


def served(response: Response) -> str:
    assert [k for k, _ in response.headers].count("content-security-policy") == 1
    return response.body


def login(text: str) -> str:
    body = form("/login", {"ticket": text}, ("username", "text"), ("password", "password"), button=text, hint=text)
    return served(dressed(page("login", text, body, status=401, error=text), "/auth"))


def consent(text: str) -> str:
    body = (
        paragraph(text) + f"<ul><li>{paragraph(text)[3:-4]}</li></ul>" + form("/consent", {"ticket": text, "allow": "yes"}, button="Allow")
    )
    return served(dressed(page("consent", text, body), "/auth"))


def failed(text: str) -> str:
    return served(dressed(error_page(400, text, text), "/budget"))


def base(_: str) -> str:
    return served(front([("Budget", "http://127.0.0.1:9000/budget")]))


DOCUMENTS: dict[str, Callable[[str], str]] = {
    "export": exported,
    "matrix": matrix,
    "audit": audit,
    "handout": handed_out,
    "index": contents,
    "login": login,
    "consent": consent,
    "error": failed,
    "front": base,
}
SERVED = ("login", "consent", "error", "front")
every = pytest.mark.parametrize("name", DOCUMENTS)


def of(elements: list[Element], tag: str) -> list[Element]:
    return [e for e in elements if e.tag == tag]


@every
def test_a_document_has_one_policy_and_keeps_to_it(name: str) -> None:
    elements = parsed(DOCUMENTS[name]("A title"))
    metas = [e.attributes["content"] for e in of(elements, "meta") if e.attributes.get("http-equiv") == "Content-Security-Policy"]
    assert len(metas) == (0 if name in SERVED else 1)
    policy = directives(metas[0] if metas else dict(front([]).headers)["content-security-policy"])
    assert (policy["default-src"], policy["base-uri"]) == ("'none'", "'none'")
    assert [digest(e.text) for e in of(elements, "style")] == [policy["style-src"]]
    scripts = [digest(e.text) for e in of(elements, "script") if e.attributes.get("type") != "application/json"]
    assert scripts == ([policy["script-src"]] if "script-src" in policy else [])
    assert not any(a == "style" or a.startswith("on") for e in elements for a in e.attributes)


@every
def test_a_document_asks_nobody_for_anything(name: str) -> None:
    elements = parsed(DOCUMENTS[name]("A title"))
    links = [e.attributes["href"] for e in of(elements, "a")]
    fetched = [a for a in addresses(elements) if a not in links]
    assert not [a for a in fetched if not a.startswith("data:image/svg+xml;base64,") and not a.startswith(("/auth/", "/budget/"))]
    assert not [a for a in links if a.startswith(("javascript:", "data:", "//"))]
    assert not re.search(r"url\(|@import", "".join(e.text for e in of(elements, "style")))
    assert not of(elements, "link")


@pytest.mark.slow
@every
@pytest.mark.parametrize("bad", BAD, ids=range(len(BAD)))
def test_no_text_becomes_more_than_text(name: str, bad: str) -> None:
    calm, hostile = parsed(DOCUMENTS[name]("A title")), parsed(DOCUMENTS[name](bad))
    assert shape(hostile) == shape(calm), "a text has made or ended an element or an attribute"
    shown = [e.text for e in hostile if e.tag not in ("style", "script")]
    assert not HIDDEN.search("".join(shown)), "hidden characters are spelled out"
    assert name == "front" or clean(bad, LONGEST) in [e.text for e in hostile], "and it is there, whole"


@every
def test_the_same_input_gives_the_same_document(name: str) -> None:
    assert DOCUMENTS[name]("A title") == DOCUMENTS[name]("A title")
