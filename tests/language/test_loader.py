"""Reading scenario files: broken ones with their exact messages, and hostile ones."""

from __future__ import annotations

import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sandbox.language import library
from sandbox.language.loader import load, loads
from sandbox.language.reading import read
from sandbox.language.source import MAX_PROBLEMS, ScenarioError, decode
from tests.support.careless import FILES as CARELESS
from tests.support.cost import bounded
from tests.support.files import ATTACK
from tests.support.fuzzing import share
from tests.support.paths import DATA

BROKEN = sorted((DATA / "bad_scenarios").glob("*.yaml"))
FILES = sorted(library.files().values())


def refusal(text: str | bytes) -> ScenarioError:
    with pytest.raises(ScenarioError) as caught:
        loads(text)
    return caught.value


@pytest.mark.slow
@pytest.mark.parametrize("path", BROKEN, ids=lambda p: p.stem)
def test_a_broken_file_is_told_exactly_this(path):
    with pytest.raises(ScenarioError) as caught:
        loads(path.read_bytes(), path.name)
    assert f"{caught.value}\n" == path.with_suffix(".err").read_text(encoding="utf-8")


def test_there_are_enough_broken_files_and_no_left_over_messages():
    assert len(BROKEN) >= 32
    assert {p.with_suffix("") for p in BROKEN} == {p.with_suffix("") for p in BROKEN[0].parent.glob("*.err")}


@pytest.mark.slow
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


@pytest.mark.slow
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


@pytest.mark.slow
@given(st.binary(max_size=300))
@settings(max_examples=share(3))
def test_arbitrary_bytes_never_crash(raw):
    never_crashes(raw)


@pytest.mark.slow
@given(st.text(alphabet="ab:-[]{}?|>&*!%@`'\"#,\\ \n\t~0x.$é\u202e", max_size=120))
@settings(max_examples=share(5))
@example("a: |9\n x")
@example('a: "\\U00110000"')
@example("%YAML 9.9\n---\n")
def test_arbitrary_yaml_like_text_never_crashes(text):
    never_crashes(text)


@pytest.mark.slow
@given(st.data())
@settings(max_examples=share(2))
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


@pytest.mark.slow
@given(st.data())
@settings(max_examples=share(3))
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
