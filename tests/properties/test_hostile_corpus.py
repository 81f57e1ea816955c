"""What once failed, and must not fail again: the entries of tests/data/corpus, each with what it did when it was found."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sandbox.core.wire import Request, json_response
from sandbox.protocol.edits import BadEdit, Edit, edited_request, edited_response
from sandbox.protocol.settings import Settings
from sandbox.protocol.switches import UnknownSetting
from sandbox.protocol.tokens import Key, key_for, packed
from sandbox.world.parties.pages import read
from sandbox.world.world import build
from tests.support.cost import bounded
from tests.support.fuzzing import sound
from tests.support.paths import DATA

CORPUS = DATA / "corpus"
ACCOUNTS = "https://accounts.connectsphere.example"


def entries(name: str) -> list[Any]:
    return [pytest.param(e, id=e["why"]) for e in json.loads((CORPUS / f"{name}.json").read_text(encoding="utf-8"))]


def test_there_is_a_test_for_every_file():
    assert {p.stem for p in CORPUS.iterdir()} == {"requests", "tokens", "values"}


@pytest.mark.parametrize("entry", entries("requests"))
def test_a_request(entry):
    w = build(Settings.of(entry["profile"], entry["switches"]), states=False)
    request = Request(entry["method"], entry["url"], tuple(map(tuple, entry["headers"])), entry["body"], entry["peer"])
    with bounded(entry["why"]):
        response = w.net.parties[entry["party"]].handle(request)
    assert sound(response) == ""
    assert response.status >= 400 or entry["party"] == "backend"  # the denylist answers whatever it cannot read with `not listed`


@pytest.mark.parametrize("entry", entries("tokens"))
def test_a_token(entry):
    w = build(Settings.of(entry.get("profile", "oauth-bcp"), entry.get("switches", {})), states=False)
    key = key_for("0", "fuzz")
    if entry["where"] == "signed proof":
        public = {k: v for k, v in key.jwk.items() if k in ("kty", "crv", "x", "y")}
        text = Key("ES256", "", key.secret).sign(entry["claims"], "dpop+jwt", jwk=public)
    else:
        text = f"{packed(entry['header'])}.{packed(entry['claims'])}."
    api = w.apis["accounts"]
    good = (
        w.issuer.core.key.sign({"iss": w.issuer.issuer, "aud": ACCOUNTS, "exp": 1_900_000_000, "cnf": {"jkt": key.thumbprint}}, "at+jwt")
        if "proof" in entry["where"]
        else ""
    )
    headers = (("Authorization", f"DPoP {good}"), ("DPoP", text)) if good else (("Authorization", f"Bearer {text}"),)
    with bounded(entry["why"]):
        response = api.handle(Request("GET", ACCOUNTS + entry.get("path", "/accounts"), headers))
    assert sound(response) == ""
    assert "proof" not in entry["where"] or response.error == "invalid_dpop_proof"


@pytest.mark.parametrize("entry", entries("values"))
def test_a_value(entry):
    field, value = entry["field"], entry["value"]
    with bounded(entry["why"]):
        if entry["kind"] == "page":
            read("https://app.connectsphere.example/", field * value)
        elif entry["kind"] == "settings":
            with pytest.raises(UnknownSetting) as caught:
                Settings.of("oauth-bcp", {field: value})
            assert len(str(caught.value)) < 400
        else:
            edits = [Edit("m", f, v) for f, v in zip(field, value, strict=True)] if entry["kind"] == "edits" else [Edit("m", field, value)]
            with pytest.raises(BadEdit):
                edited_response(json_response(200, {"keys": [1]}), edits, lambda name: key_for("0", name))
            with pytest.raises(BadEdit):
                edited_request(Request("GET", "https://app.connectsphere.example/"), edits, lambda name: key_for("0", name))
