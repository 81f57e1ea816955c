"""The pages of the app by Streamlit's AppTest: open one, choose and type, read what is on it."""

from __future__ import annotations

import gzip
import json
from typing import Any

from streamlit.testing.v1 import AppTest

from sandbox.app.launcher import SCRIPT
from sandbox.app.parts import lesson
from sandbox.language import library
from sandbox.protocol.switches import BUNDLES
from sandbox.views.outcomes import SIGNS

AUD = "missing-aud-replay"  # the attack that most pages are opened with


def opened(page: str, *, asked: bool = False, **params: str) -> AppTest:
    """The app on this page, as if it had been opened by a link; by somebody who wants all of each run at once, if not to be `asked`."""
    at = AppTest.from_file(str(SCRIPT), default_timeout=60).run()
    at._page_hash = next(
        hash_ for hash_, info in at._registered_pages.items() if info["url_pathname"] in (page, "" if page == "start" else page)
    )
    for name, value in params.items():
        at.query_params[name] = value
    if not asked:
        at.session_state[lesson.SHOWN] = library.ids()
    return fine(at.run())


def switched(bundle: str) -> str:
    """A bundle as the switches that an address has for it."""
    return ",".join(f"{name}={value}" for name, value in sorted(BUNDLES[bundle].items()))


def fine(at: AppTest) -> AppTest:
    assert not at.exception, at.exception[0].message
    return at


def unpacked(data: bytes) -> dict[str, Any]:
    """A document as the stepper gets it, compressed or not."""
    document: dict[str, Any] = json.loads(gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data)
    return document


def shown(at: AppTest) -> dict[str, Any]:
    """The document that the stepper got."""
    protos = [element.proto for element in at.get("bidi_component")]
    return unpacked(next(p.bytes for p in protos if p.component_name == "stepper"))


def verdict(at: AppTest) -> str:
    """The verdict's word, by the banner of the stepper."""
    return {sign.banner: word for word, sign in SIGNS.items()}[shown(at)["panes"][0]["verdict"]["word"]]


def link(at: AppTest) -> dict[str, str]:
    """The parameters that the address gets."""
    params: dict[str, str] = json.loads(next(e.proto.json for e in at.get("bidi_component") if e.proto.component_name == "address"))[
        "params"
    ]
    return params


def typed(at: AppTest, text: str) -> AppTest:
    """The visitor types this into the editor of the workshop.  (What a browser sends is taken in by `editor.received`.)"""
    files = dict(at.session_state["workshop_files"]) if "workshop_files" in at.session_state else {}
    at.session_state["workshop_files"] = files | {editor(at)["file"]: text}
    return fine(at.run())


def editor(at: AppTest) -> dict[str, Any]:
    """What the editor of the workshop got: file, text, edition, and where something is wrong."""
    document: dict[str, Any] = json.loads(next(e.proto.json for e in at.get("bidi_component") if e.proto.component_name == "editor"))
    return document


def page_text(at: AppTest) -> str:
    return " ".join(str(element.proto.body) for element in at.get("html"))


def links_to(at: AppTest) -> list[str]:
    return [element.proto.query_string for element in at.get("page_link")]


def choose(at: AppTest, key: str, value: str) -> AppTest:
    """Choose something in the panel of switches.  AppTest forgets that a popover is open."""
    at.session_state["switches"] = True
    at.run()
    at.segmented_control(key=key).set_value(value)
    at.session_state["switches"] = True
    return fine(at.run())
