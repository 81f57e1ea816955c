"""Scenario files: valid ones, broken ones with their exact messages, and hostile ones."""

from __future__ import annotations

import copy
import json
import pickle

import jsonschema
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sandbox.language import library
from sandbox.language.document import Scenario, schema
from sandbox.language.loader import load, loads
from sandbox.language.source import MAX_PROBLEMS, ScenarioError, decode, plain, read
from sandbox.protocol.settings import Settings
from tests.support.careless import FILES as CARELESS
from tests.support.cost import bounded
from tests.support.fuzzing import share
from tests.support.paths import DATA

BROKEN = sorted((DATA / "bad_scenarios").glob("*.yaml"))
FILES = sorted(library.files().values())

ATTACK = """\
title: A story
story: Something happens.
lesson: >
  Something is learned.
refs: [RFC 6749 §4.1, OIDC Core §3.1.3.7, draft-ietf-oauth-browser-based-apps §5.1.3, RFC 7519]
tier: core
attacker: {is: someone, operates: [accounts], knows: {mine: mallory.key}}
setting: {profile: oauth-basic, switches: {AUD: on, transactions.check_aud: off}}
steps:
  - id: login
    do: app.sign_in
    with: {browser: laptop}
    say: Alice signs in.
  - id: hers
    do: budget.sign_in
    with: {browser: mallory_browser, user: mallory}
    say: Mallory signs in.
  - id: forge
    do: mallory.forge
    with: {from: $hers.access_token, header: {jwk: $mine.jwk}, claims: {cost: $$5}, key: $mine}
    say: Mallory forges.
  - id: use
    do: mallory.send
    with: {like: $login.received, change: {headers: {authorization: null}}}
    say: Mallory sends.
    control: false
goal:
  - {read: "alice:account-1", at: use}
blocked_by:
  - switches: {rs.alg_policy: allowlist}
    at: use
    by: accounts.audience
    answer: 401
    because: It does.
"""


def refusal(text: str | bytes) -> ScenarioError:
    with pytest.raises(ScenarioError) as caught:
        loads(text)
    return caught.value


@pytest.mark.parametrize("path", BROKEN, ids=lambda p: p.stem)
def test_a_broken_file_is_told_exactly_this(path):
    with pytest.raises(ScenarioError) as caught:
        loads(path.read_bytes(), path.name)
    assert f"{caught.value}\n" == path.with_suffix(".err").read_text(encoding="utf-8")


def test_there_are_enough_broken_files_and_no_left_over_messages():
    assert len(BROKEN) >= 32
    assert {p.with_suffix("") for p in BROKEN} == {p.with_suffix("") for p in BROKEN[0].parent.glob("*.err")}


@pytest.mark.parametrize("path", BROKEN, ids=lambda p: p.stem)
def test_messages_are_short_and_speak_no_pydantic(path):
    with pytest.raises(ScenarioError) as caught:
        loads(path.read_bytes(), path.name)
    for problem in caught.value.problems:
        assert problem.cure
        assert len(problem.message) < 140
        assert not any(
            word in str(problem).lower() for word in ("pydantic", "input should", "value_error", "validation", "http://", "none")
        )


def test_a_valid_file():
    scenario = loads(ATTACK, id="an-attack")
    assert (scenario.id, scenario.kind, scenario.is_flow) == ("an-attack", "attack", False)
    assert scenario.lesson == "Something is learned."
    assert scenario.settings == Settings.of("oauth-basic", {"AUD": "on", "transactions.check_aud": "off"})
    assert scenario.blocked_by[0].answer == "401"
    step = scenario.step("forge")
    assert (step.actor, step.verb, step.args.key) == ("mallory", "forge", "$mine")
    assert scenario.is_hers("accounts")
    assert not scenario.is_hers("transactions")
    assert scenario.source == ATTACK
    with pytest.raises(KeyError):
        scenario.step("nothing")


def test_scenarios_are_keys_of_caches_by_id_and_text():
    one, same, other = loads(ATTACK, id="a"), loads(ATTACK, id="a"), loads(f"{ATTACK}# more\n", id="a")
    assert one == same
    assert hash(one) == hash(same)
    assert one not in (other, loads(ATTACK, id="b"))
    for twin in (pickle.loads(pickle.dumps(one)), copy.deepcopy(one)):
        assert twin == one
        assert isinstance(twin, Scenario)


def test_on_and_off_are_text_and_numbers_are_numbers():
    assert [plain(t) for t in ("on", "yes", "012", "1:30", "0x1f", "0o17", "1.5", "~", "True")] == [
        "on",
        "yes",
        12,
        "1:30",
        31,
        15,
        1.5,
        None,
        True,
    ]


def test_several_problems_come_in_the_order_of_the_file():
    error = refusal(
        ATTACK.replace("app.sign_in", "app.signin").replace("profile: oauth-basic", "profile: oauth").replace("at: use", "at: us")
    )
    assert [p.line for p in error.problems] == sorted(p.line for p in error.problems)
    assert len(error.problems) == 4


def test_not_more_problems_are_shown_than_somebody_can_read():
    step = "  - {id: s%d, do: nobody.waits, say: x}\n"
    error = refusal(ATTACK.split("steps:")[0] + "steps:\n" + "".join(step % i for i in range(50)))
    assert len(error.problems) == MAX_PROBLEMS
    assert str(error).endswith(f"... and {error.more} more")


def test_the_name_of_the_file_is_the_id(tmp_path):
    path = tmp_path / "my-attack.yaml"
    path.write_text(ATTACK, encoding="utf-8")
    assert load(path).id == "my-attack"
    bad = tmp_path / "My Attack.yaml"
    bad.write_text(ATTACK, encoding="utf-8")
    with pytest.raises(ScenarioError, match="cannot be the name"):
        load(bad)
    with pytest.raises(ScenarioError, match="cannot be read"):
        load(tmp_path / "nothing.yaml")
    with pytest.raises(ScenarioError, match="cannot be read"):
        load(tmp_path)


def test_windows_line_ends_and_a_byte_order_mark_are_fine():
    assert loads(b"\xef\xbb\xbf" + ATTACK.replace("\n", "\r\n").encode(), id="a").title == "A story"
    problem = refusal(ATTACK.replace("\n", "\r\n").replace("app.sign_in", "app.signin")).problems[0]
    assert (problem.line, problem.source_line) == (11, "    do: app.signin")


# ---- hostile input


@pytest.mark.parametrize("text", CARELESS.values(), ids=CARELESS)
def test_hostile_files_are_refused_quickly(text):
    """In time proportional to their length: reading a character costs so many calls at most."""
    with bounded(text[:80], 10_000 + 40 * len(text)):
        refusal(text)


def never_crashes(raw: str | bytes) -> None:
    problems = []
    with bounded(repr(raw[:300])):
        try:
            loads(raw)
        except ScenarioError as error:
            problems = [*error.problems]
    assert all(p.line >= 1 and p.column >= 1 and str(p) for p in problems)


@given(st.binary(max_size=300))
@settings(max_examples=share(3))
def test_arbitrary_bytes_never_crash(raw):
    never_crashes(raw)


@given(st.text(alphabet="ab:-[]{}?|>&*!%@`'\"#,\\ \n\t~0x.$é\u202e", max_size=120))
@settings(max_examples=share(8))
@example("a: |9\n x")
@example('a: "\\U00110000"')
@example("%YAML 9.9\n---\n")
def test_arbitrary_yaml_like_text_never_crashes(text):
    never_crashes(text)


@given(st.data())
@settings(max_examples=share(4))
def test_a_mutated_file_never_crashes(data):
    text = data.draw(st.sampled_from([ATTACK, *(p.read_text(encoding="utf-8") for p in FILES)]))
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 40)))
    never_crashes(text[:start] + data.draw(st.text(alphabet="ab:-[]{}&*!'\" \n$.0", max_size=12)) + text[end:])


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(["app.sign_in", "$x.y", "use", "", "alice:email"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "do", "with", "say", "at", "switches", "json", "x"]), inner, max_size=4)
    ),
    max_leaves=8,
)


@given(st.data())
@settings(max_examples=share(6))
def test_a_value_of_the_wrong_shape_never_crashes(data):
    """Any place of a valid document may hold any JSON: it is refused with a message of ours, or accepted."""
    document = read(decode(ATTACK, "x"))[0].value
    place = document
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        key = data.draw(st.sampled_from(keys))
        if not isinstance(place[key], dict | list) or not place[key] or data.draw(st.booleans()):
            break
        place = place[key]
    place[key] = data.draw(JSON)
    never_crashes(json.dumps(document))


# ---- the published schema


def test_the_schema_is_valid_and_accepts_every_shipped_file():
    published = schema()
    jsonschema.Draft202012Validator.check_schema(published)
    validator = jsonschema.Draft202012Validator(published)
    for path in FILES:
        document = read(decode(path.read_bytes(), path.name))[0].value
        assert [e.message for e in validator.iter_errors(document)] == []
        document["steps"][0].setdefault("with", {})["no_such_argument"] = 1
        assert not validator.is_valid(document)


def test_the_schema_knows_what_each_verb_needs():
    validator = jsonschema.Draft202012Validator(schema())
    document = read(decode(ATTACK, "x"))[0].value
    assert validator.is_valid(document)
    del document["steps"][0]["with"]
    assert not validator.is_valid(document)
