"""Files -> what a workshop shows, and everything that is wrong with them."""

from __future__ import annotations

from sandbox.language import library
from sandbox.protocol.settings import Settings
from sandbox.workshop import program
from sandbox.workshop.program import Workshop, idents, opened
from tests.support.short_stories import UNLEARNED

AUD = library.get("missing-aud-replay").source
PKCE = library.get("code-pkce").source
BROKEN = AUD.replace("difficulty:", "dificulty:")


def said(shown: Workshop) -> list[str]:
    return [str(p) for s in shown.sheets if s.error for p in s.error.problems]


def test_without_a_playlist_the_files_are_shown_in_their_order() -> None:
    shown = opened({"b.yaml": AUD, "a.yaml": PKCE})
    assert [e.scenario.id for e in shown.entries] == ["b", "a"]
    assert [s.kind for s in shown.sheets] == ["attack", "flow"]


def test_a_playlist_puts_files_and_shipped_scenarios_in_order() -> None:
    told = "title: T\nabout: A\nitems:\n  - scenario: my-own\n    title: Mine\n    minutes: 5\n  - {scenario: code-pkce, setting: {profile: oauth-bcp}}\n  - {scenario: My own.yaml}\n"
    shown = opened({"list.yaml": told, "My own.yaml": AUD, "other.yaml": PKCE})
    assert [(e.title, e.scenario.id, e.minutes) for e in shown.entries] == [
        ("Mine", "my-own", 5),
        (library.get("code-pkce").title, "code-pkce", 10),
        (library.get("missing-aud-replay").title, "my-own", 7),
    ]
    assert (shown.title, shown.about, shown.minutes) == ("T", "A", 22)
    assert shown.entries[1].settings == Settings.of("oauth-bcp")


def test_a_broken_file_does_not_keep_the_others_from_being_shown() -> None:
    shown = opened({"a.yaml": BROKEN, "b.yaml": PKCE, "c.yaml": b"\xff"})
    assert [e.scenario.id for e in shown.entries] == ["b"]
    assert [s.name for s in shown.broken] == ["a.yaml", "c.yaml"]
    assert any(p.startswith("a.yaml:6:1: there is no key `dificulty` here") for p in said(shown))


def test_a_playlist_that_names_what_is_not_there_says_where() -> None:
    shown = opened({"p.yaml": "title: T\nitems:\n  - {scenario: code-pcke}\n  - {scenario: a.yaml}\n", "a.yaml": BROKEN})
    assert said(shown)[:2] == [
        "p.yaml:3:16: there is no scenario `code-pcke`\n    - {scenario: code-pcke}\n                 ^\n  cure: did you mean `code-pkce`?",
        "p.yaml:4:16: the file `a.yaml` has problems of its own\n    - {scenario: a.yaml}\n                 ^\n  cure: mend it first",
    ]


def test_what_was_never_learned_is_a_problem_of_the_file_with_its_step_value_and_place() -> None:
    shown = opened({"much.yaml": UNLEARNED})
    assert shown.entries == ()
    assert said(shown) == [
        "much.yaml:15:14: in step `use` the attacker uses `$start.access_token`, and she has not learned it\n"
        "        token: $start.access_token\n               ^\n"
        "  cure: let her learn it in an earlier step (read, a `received`, a step of her own), or name it under attacker.knows"
    ]


def test_ids_are_made_of_names_and_differ() -> None:
    names = ["My File.yaml", "my-file.yml", "Ünïcode!.yaml", ".yaml", "x" * 99 + ".yaml", "a/b"]
    found = idents(names)
    assert found["My File.yaml"] == "my-file"
    assert found["my-file.yml"] == "my-file-2"
    assert len(set(found.values())) == len(names)
    assert all(len(i) <= 60 for i in found.values())


def test_runs_come_one_after_the_other() -> None:
    every = program.runs(opened({"a.yaml": AUD, "b.yaml": PKCE}))
    assert [next(every)[1].verdict.word, next(every)[1].verdict.word] == ["succeeded", "completed"]


def test_a_file_that_is_broken_while_it_is_written_is_shown_as_it_was() -> None:
    told = "title: T\nitems:\n  - {scenario: ./a.yaml, title: Mine}\n  - {scenario: code-pkce}\n"
    good = {"a.yaml": AUD, "list.yaml": told}
    shown = program.kept({"list.yaml": told, "a.yaml": BROKEN}, good)
    assert [(e.title, e.file) for e in shown.entries] == [("Mine", "a.yaml"), (library.get("code-pkce").title, "")]
    assert [s.name for s in shown.stale] == ["list.yaml", "a.yaml"]
    assert [s.name for s in shown.broken] == ["list.yaml", "a.yaml"]
    assert program.kept({"a.yaml": BROKEN}, {}).entries == ()
    assert program.kept({"a.yaml": AUD}, good) == opened({"a.yaml": AUD})
