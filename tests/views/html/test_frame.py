"""The frame of every document: what goes into a template, and how it comes out."""

from __future__ import annotations

import pytest
from jinja2 import UndefinedError

from sandbox.views.html.frame import ENVIRONMENT, Document, prose
from tests.support.hostile import BAD
from tests.support.markup import directives


def made(source: str, **values: object) -> str:
    return ENVIRONMENT.from_string(source).render(**values)


def test_every_value_is_escaped_and_clean_without_being_asked() -> None:
    assert made("{{ a }}", a="<b>\u202e'\"") == "&lt;b&gt;⟦U+202E⟧&#39;&#34;"
    assert made('<i title="{{ a }}">', a='"><script>') == '<i title="&#34;&gt;&lt;script&gt;">'


def test_what_must_stay_as_it_is_is_escaped_and_nothing_else() -> None:
    assert made("{{ a | verbatim }}", a="<\u202e" + "x" * 5000) == "&lt;\u202e" + "x" * 5000


def test_one_text_has_an_end() -> None:
    assert len(made("{{ a }}", a="x" * 100_000)) == 4000


def test_a_name_that_is_missing_raises() -> None:
    with pytest.raises(UndefinedError, match="nobody"):
        made("{{ nobody }}")
    with pytest.raises(UndefinedError, match="title"):
        made("{{ a.title }}", a={})


@pytest.mark.parametrize("value", [None, True, ["x"], {"a": 1}])
def test_what_is_no_text_raises(value: object) -> None:
    with pytest.raises(TypeError, match="neither text nor number"):
        made("{{ a }}", a=value)


@pytest.mark.parametrize("bad", BAD)
def test_json_cannot_end_its_script(bad: str) -> None:
    text = made("{{ a | tojson }}", a={bad: bad})
    assert not set(text) & set("<>&'")
    assert text.isascii()


def test_code_stands_between_backticks() -> None:
    assert prose("`a` and `<b>`, not `c") == "<code>a</code> and <code>&lt;b&gt;</code>, not `c"
    assert prose("none") == "none"
    assert prose("``") == "<code></code>"


def test_a_document_allows_what_it_brings_and_nothing_else() -> None:
    plain = directives(Document("base.html.j2", ("report.css",)).policy)
    assert plain.keys() == {"default-src", "style-src", "base-uri", "form-action"}
    assert directives(Document("base.html.j2", (), script="1").policy)["script-src"].startswith("'sha256-")
    assert directives(Document("base.html.j2", (), pictures=True).policy)["img-src"] == "data:"
    served = directives(Document("base.html.j2", (), served=True).policy)
    assert "form-action" not in served, "it would stop the redirect that follows the consent form"
    assert served["frame-ancestors"] == "'none'"
