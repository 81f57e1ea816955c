"""The folder that is given away: offline pages, an index, the handout, and the files it was made of."""

from __future__ import annotations

import re

import pytest

from sandbox.language import library
from sandbox.language.scalars import in_quotes
from sandbox.workshop.folder import file_names, folder, playlist_of
from sandbox.workshop.program import Workshop, opened, runs
from tests.support.hostile import BAD

pytestmark = pytest.mark.slow

AUD = library.get("missing-aud-replay").source
PLAYLIST = "title: T\nabout: A\nitems:\n  - {scenario: code-pkce, stage: 'One: it', minutes: 10, note: Look.}\n  - scenario: missing-aud-replay\n    title: Mine\n    setting: {profile: oauth-bcp, switches: {rs.check_aud: off}}\n"


def made(**files: str) -> tuple[Workshop, dict[str, bytes]]:
    shown = opened({f"{name}.yaml": text for name, text in files.items()})
    assert not shown.broken
    return shown, dict(folder(shown, runs(shown)))


def test_a_folder_has_a_page_for_each_entry_an_index_a_handout_and_the_sources() -> None:
    shown, files = made(p=PLAYLIST)
    assert list(files) == [
        "01-code-pkce.html", "02-missing-aud-replay.html", "handout.html", "index.html",
        "scenarios/code-pkce.yaml", "scenarios/missing-aud-replay.yaml", "scenarios/playlist.yaml",
    ]  # fmt: skip
    index = files["index.html"].decode()
    assert all(f'href="{name}"' in index for name in (*file_names(shown), "handout.html"))
    assert "2 scenarios, 17 minutes" in index


@pytest.mark.parametrize("title", ["Mine", 'It\'s "mine": #1', "😀 میں \\ä"])
def test_the_exported_sources_are_the_same_workshop(title: str) -> None:
    shown, files = made(p=PLAYLIST.replace("title: Mine", f"title: {in_quotes(title)}"))
    assert shown.entries[1].title == title
    again = opened({name.removeprefix("scenarios/"): raw for name, raw in files.items() if name.startswith("scenarios/")})
    assert [(e.title, e.scenario, e.settings, e.minutes, e.note, e.stage) for e in again.entries] == [
        (e.title, e.scenario, e.settings, e.minutes, e.note, e.stage) for e in shown.entries
    ]
    assert playlist_of(again) == playlist_of(shown)


def test_every_page_has_a_policy_and_asks_the_network_for_nothing() -> None:
    for name, raw in made(p=PLAYLIST)[1].items():
        if name.endswith(".html"):
            text = raw.decode()
            assert "default-src 'none'" in text
            assert not re.findall(r'(?:src|href)="(?!data:|[\w-]+\.html")', text)


@pytest.mark.parametrize("bad", [b for b in BAD if b.isprintable() and len(b) < 120])
def test_hostile_texts_are_texts(bad: str) -> None:
    import json

    source = AUD.replace("A token for accounts opens transactions", json.dumps(bad)).replace(
        "A signature proves who issued a token, not where it may be spent.", json.dumps(bad)[1:-1]
    )
    told = f"title: {json.dumps(bad)}\nabout: {json.dumps(bad)}\nitems:\n  - scenario: a\n    title: {json.dumps(bad)}\n    note: {json.dumps(bad)}\n"
    _, files = made(p=told, a=source)
    for name in ("index.html", "handout.html"):
        text = files[name].decode()
        assert re.findall(r"<(script|svg|link|iframe)\b", text) == []
        ours = text.count('<img src="data:image/svg+xml;base64,')
        assert text.count("<img") == ours == (0 if name == "index.html" else 2)
        assert text.count("<style>") == 1
