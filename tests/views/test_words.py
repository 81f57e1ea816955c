"""The cards: every word has one, what they say of attacks is so, and a broken table says where."""

from __future__ import annotations

from functools import cache

import pytest

from sandbox.engine import simulation
from sandbox.engine.knowledge import opened, tokens
from sandbox.engine.result import Run
from sandbox.language import library
from sandbox.language.source import ScenarioError
from sandbox.protocol.cast import CAST
from sandbox.protocol.checks import CHECKS
from sandbox.protocol.fields import FIELDS
from sandbox.protocol.switches import BUNDLES, SWITCHES, expand
from sandbox.protocol.trace import Answered, Checked, Sent, StepStarted, of
from sandbox.views import words

KEYS = {"address", "name", "names", "word", "kind", "is", "why", "without", "attack", "ref", "see", "also"}
MATTER = [
    "state",
    "nonce",
    "code",
    "code_challenge",
    "code_challenge_method",
    "code_verifier",
    "iss",
    "aud",
    "exp",
    "redirect_uri",
    "scope",
    "client_id",
    "client_secret",
    "client_assertion",
    "refresh_token",
    "id_token",
    "access_token",
    "dpop",
    "cnf",
    "jkt",
    "jti",
    "typ",
    "alg",
    "kid",
    "jwk",
    "resource",
    "request",
    "request_uri",
    "authorization",
    "cookie",
    "response_type",
    "sub",
    "htu",
    "htm",
    "ath",
    "at_hash",
    "signature",
    "keys",
    "roles",
    "email",
    "referer",
    "x-user-id",
    "active",
]


@cache
def played(attack: str) -> Run:
    return simulation.run(library.get(attack))


def test_everything_in_the_tables_has_a_card():
    asked = [
        *(f"field:{name}" for name in FIELDS),
        *(f"check:{name}" for name in CHECKS),
        *(f"switch:{name}" for name in (*SWITCHES, *BUNDLES)),
        *(f"party:{name}" for name in CAST),
    ]
    found = words.cards(asked)
    assert [name for name in asked if name not in found] == []
    for card in words.every():
        assert set(card) == KEYS
        assert card["is"].endswith("."), card["address"]
        assert bool(card["why"]) == bool(card["without"]), card["address"]
        for other in (*card["see"], *card["also"]):
            assert words.card(other) is not None, f"{card['address']} leads to {other}"


def test_names_are_found_in_whatever_spelling():
    assert words.card("State") is words.card("field:state")
    assert words.card("ID token")["name"] == "id_token"
    assert words.card("Bearer token")["address"] == "concept:bearer"
    assert words.card("Authorization Server")["address"] == "concept:authorization server"
    assert words.card("DPOP-NONCE")["kind"] == "header"
    assert words.card("no such word") is None
    assert words.cards(["aud", "nothing"]).keys() == {"aud"}


def test_one_word_can_be_several_things():
    assert words.card("audience")["address"] == "field:audience"
    assert words.card("audience")["also"] == ["check:audience"]
    assert words.card("check:audience")["kind"] == "check"
    assert words.card("PKCE")["also"] == ["switch:PKCE"]


def test_a_card_leads_on():
    assert words.card("aud")["see"] == ["check:audience"]
    assert "field:aud" in words.card("check:audience")["see"]
    assert words.card("switch:AUD")["see"] == [f"switch:{name}" for name in BUNDLES["AUD"]]
    assert words.card("aud")["ref"] == [["RFC 7519 §4.1.3", "https://www.rfc-editor.org/rfc/rfc7519#section-4.1.3"]]
    assert words.card("aud")["attack"]["href"] == "play?scenario=missing-aud-replay&step=replay"


def test_a_party_says_in_a_sentence_what_it_does_and_leads_to_the_term_for_it():
    for member in CAST.values():
        card = words.card(f"party:{member.name}")
        assert len(card["is"].split()) >= 8, f"{member.name}: its label stands beside its name already"
        assert card["is"].rstrip(".").lower() != member.about.lower()
        assert card["ref"] or not member.role, f"{member.name} has a role that a standard defines"
    assert words.card("party:budget")["see"] == ["concept:confidential client", "concept:client"]
    assert words.card("party:auth")["see"] == ["concept:authorization server"]
    assert words.card("party:accounts")["see"] == ["concept:resource server"]
    assert all(words.card(f"party:{m.name}")["why"] for m in CAST.values() if m.role), "whoever has switches has a reason to be there"


@pytest.mark.parametrize("word", MATTER)
def test_what_matters_says_why_it_is_there(word):
    assert words.card(f"field:{word}")["why"], f"{word} needs why and without in words.yaml"


ATTACKED = [card for card in words.every() if card["attack"]]


@pytest.mark.parametrize("id", sorted({card["attack"]["id"] for card in ATTACKED}))
def test_an_attack_of_a_card_succeeds_and_comes_to_its_step(id):
    run = played(id)
    assert run.scenario.kind == "attack"
    assert run.verdict.word in ("succeeded", "limited"), "a card leads to an attack that can be seen to work"
    steps = {e.step for e in of(run.events, StepStarted)}
    for card in ATTACKED:
        if card["attack"]["id"] == id:
            assert card["attack"]["step"] in steps, f"{card['address']}: {id} has no step {card['attack']['step']} that is taken"


@pytest.mark.parametrize(
    ("word", "told"), [(w, t) for w, t in words.shipped().reasons.items() if t.attack], ids=lambda x: x if isinstance(x, str) else ""
)
def test_an_attack_of_a_reason_is_about_it(word, told):
    """One of the words must have a part in the attack: as a switch of its file, a check that is looked at, a name in its messages, or a
    party that sends or answers one.

    What a concept is about, nobody can compute.
    """
    group = [words.card(name)["address"].split(":", 1) for name in (word, *told.same)]
    if all(family == "concept" for family, _ in group):
        return
    switches = {s for family, name in group if family == "switch" for s in BUNDLES.get(name, (name,))}
    checks = {name for family, name in group if family == "check"} | {c for f, name in group if f == "field" for c in FIELDS[name].checks}
    fields = {name.lower() for family, name in group if family == "field"}
    run = played(told.attack.id)
    parties = {name for family, name in group if family == "party"} & {
        name for e in of(run.events, Sent) for name in (e.sender, e.receiver)
    }
    named = _switches(run.scenario)
    looked_at = {e.check for e in of(run.events, Checked)}
    assert switches & named or checks & looked_at or parties or any(name in _written(run) for name in fields), (
        f"{run.scenario.id} has nothing of {word}"
    )


def _switches(scenario) -> set[str]:
    """Those that the file names, in its setting and its claims."""
    return {s for claim in (*scenario.blocked_by, *scenario.myths) for s in expand(claim.switches)} | set(dict(scenario.settings.changes))


def _written(run: Run) -> str:
    """Every message of the run, and what is inside its tokens."""
    messages = [*(e.request for e in of(run.events, Sent)), *(e.response for e in of(run.events, Answered))]
    inside = [opened(jwt) for message in messages for _, jwt in tokens(message)]
    return "\n".join(map(repr, [*messages, *inside])).lower()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("  nonce:\n", "  nonse:\n", "there is no `nonse`"),
        ("id: csrf-redirect-uri", "id: csrf-redirect-url", "there is no attack `csrf-redirect-url`"),
        ("check:nonce", "check:nonse", "there is no `check:nonse`"),
        ("refs: [RFC 6749 §1.1]", "refs: [chapter one]", "words.yaml:"),
    ],
)
def test_a_broken_table_says_where(old, new, said):
    source = words.FILE.read_text(encoding="utf-8")
    assert old in source
    with pytest.raises(ScenarioError) as error:
        words.loads(source.replace(old, new, 1))
    assert said in str(error.value)
