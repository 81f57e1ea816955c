"""The table of findings, and findings."""

import pytest

from sandbox.language import table
from sandbox.language.source import ScenarioError
from sandbox.reality.finding import Evidence, Table, by_tone, found, shipped, worst
from sandbox.studies import questions


def test_every_row_has_a_sentence_and_a_section():
    for id, row in shipped().findings.items():
        assert row.sentence.endswith("."), id
        assert row.ref.startswith(("RFC", "OIDC")), id


def test_every_answer_that_is_not_seen_exists():
    known = {f"{q.id}-{a.id}" for q in questions.shipped().questions for a in q.answers}
    for u in shipped().unseen:
        assert set(u.answers) <= known, u.id


def test_every_row_is_found_somewhere_in_the_code():
    from tests.support.paths import PACKAGE

    code = "".join(p.read_text(encoding="utf-8") for p in (PACKAGE / "reality").rglob("*.py"))
    assert [id for id in shipped().findings if f'"{id}"' not in code] == []


@pytest.mark.parametrize(
    "row",
    [
        "{title: a, tone: bad, ref: RFC 6749 §5.1}",
        "{title: a, tone: bad, check: nothing, ref: RFC 6749 §5.1}",
        "{title: a, tone: bad, should: b, ref: RFC 6749 §5.1, attacks: [x]}",
        "{title: a, tone: bad, should: b, ref: RFC 6749 §5.1, follows: [x-y]}",
    ],
)
def test_a_row_that_names_what_is_not_there_is_refused(row):
    with pytest.raises(ScenarioError):
        table.loads(Table, f"findings: {{a: {row}}}\nunseen: []\n", "x.yaml")


def test_evidence_is_short_and_said_once():
    f = found("no_state", "x", [Evidence("a", 1, "v" * 900), Evidence("a", 1, "v" * 900)])
    assert len(f.evidence) == 1
    assert len(f.evidence[0].value) == 200
    assert f.of("file").evidence[0].place == "file: entry 1, a"


def test_the_worst_come_first():
    few, many, good = found("token_cacheable", ""), found("no_pkce", ""), found("flow_code", "")
    assert by_tone([good, few, many]) == [many, few, good]
    assert worst([good, few]) == [few]


def test_the_worst_are_of_different_kinds():
    keys = [found("dev_keys", "the key of the software", [Evidence("$", file=name)]).of(name) for name in ("a", "b", "c")]
    others = [found("no_pkce", "none", [Evidence("$")]), found("pkce_s256", "good", [Evidence("$")])]
    assert [f.id for f in worst([*keys, *others])] == ["dev_keys", "no_pkce"]
    assert worst([*keys, *others])[0].files == ("a",)
