"""What the editor offers and explains, asked in node: `hints.js` is pure, and needs no browser."""

from __future__ import annotations

import json
import subprocess

import pytest

from sandbox.app import assets
from sandbox.language import library, schema
from tests.support.needs import need

HEAD = (
    "title: T\nsetting: {profile: oauth-bcp}\nattacker: {is: x}\nsteps:\n  - id: login\n    do: app.sign_in\n    with: {browser: laptop}\n"
)
ASK = """
const asked = JSON.parse(require('fs').readFileSync(0, 'utf8'));
const place = (text) => [text.replace('|', ''), text.indexOf('|')];
console.log(JSON.stringify(asked.map(([kind, text]) => kind === 'offered' ? (offered(...place(text))?.options ?? []).map((o) => o.label) : hinted(...place(text))?.text ?? null)));
"""


def asked(*questions: tuple[str, str]) -> list[list[str]]:
    """The answers of the script to (`offered` or `hinted`, a text with | where the cursor is)."""
    need("node")
    script = f"const HINTS = {json.dumps(schema.hints())};\n{assets.text('hints.js')}\n{ASK}"
    done = subprocess.run(["node", "-e", script], input=json.dumps(questions), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: list[list[str]] = json.loads(done.stdout)
    return found


OFFERED = [
    ("|", "title", "laptop"),
    ("title: T\n|", "story", "title"),
    (HEAD + "    |", "say", "id"),
    (HEAD + "  - |", "do", "title"),
    (HEAD + "    say: x\n  - id: two\n    do: budget.|", "budget.refresh", "budget.read"),
    (HEAD + "  - {id: a, do: app.refresh, with: {br|", "browser", "scope"),
    ("title: T\nsteps:\n  - id: a\n    do: mallory.read\n    with: {|", "history", "browsers"),
    ("title: T\nsteps:\n  - id: a\n    do: mallory.read\n    with:\n      |", "history", "url"),
    ("title: T\nsteps:\n  - id: a\n    with: {browser: |", "x", "laptop"),
    ("setting: {profile: |", "naive-jwt", "laptop"),
    ("setting:\n  profile: oauth-bcp\n  switches: {as.pk|", "as.pkce", "profile"),
    ("setting: {profile: oauth-bcp, switches: {as.pkce: |", "required", "on-and-off"),
    ("attacker:\n  can: [account, lo|", "log.accounts", "account "),
    (HEAD + "goal:\n  - {read: |", "alice:account-1", "login"),
    (HEAD + "goal:\n  - {at: |", "login", "laptop"),
    (HEAD + "blocked_by:\n  - switches: {AUD: on}\n    at: |", "login", "laptop"),
    (HEAD + "blocked_by:\n  - switches: {AUD: on}\n    by: accounts.|", "accounts.audience", "audience"),
    (HEAD + "  - id: use\n    do: mallory.call_api\n    with: {token: $|", "$login.access_token", "$use.access_token"),
    ("difficulty: |", "beginner", "difficult"),
    ("title: T\nitems:\n  - |", "scenario", "steps"),
    ("title: T\nitems:\n  - scenario: |", "code-pkce", "scenario"),
    ("title: T\nitems:\n- scenario: code-pkce\n  setting: {profile: |", "oauth-bcp", "code-pkce"),
]


def test_what_fits_is_offered_and_nothing_else() -> None:
    found = asked(*(("offered", text) for text, _, _ in OFFERED))
    for (text, wanted, unwanted), labels in zip(OFFERED, found, strict=True):
        assert (wanted in labels) == (wanted != "x"), (text, labels[:12])
        assert unwanted not in labels or wanted == "x", text


def test_in_prose_comments_and_behind_a_colon_nothing_is_offered() -> None:
    quiet = ("title: |", "# ti|", "lesson: >\n  word |", "title:|", HEAD + "    say: Alice |", "title: T\nlesson: >\n  prof|\n")
    assert asked(*(("offered", text) for text in quiet)) == [[] for _ in quiet]


def test_words_are_explained() -> None:
    said = asked(
        ("hinted", "title: T\nref|s: []"),
        ("hinted", HEAD.replace("app.sign_in", "app.si|gn_in")),
        ("hinted", HEAD.replace("browser: ", "brow|ser: ")),
        ("hinted", HEAD + "blocked_by:\n  - by: accounts.aud|ience"),
        ("hinted", "setting: {profile: oauth-bcp, switches: {as.pk|ce: required}}"),
        ("hinted", "title: so|me text"),
        ("hinted", ""),
    )
    assert [bool(text) for text in said] == [True, True, True, True, True, True, False]
    assert "list of sections" in said[0]
    assert "sign-in" in said[1]
    assert "token" in said[3] or "API" in said[3]


@pytest.mark.slow
def test_at_no_place_of_a_shipped_file_does_it_break() -> None:
    text = library.get("missing-aud-replay").source
    places = [("offered", f"{text[:at]}|{text[at:]}") for at in range(0, len(text), 7)]
    assert len(asked(*places, *(("hinted", whole) for _, whole in places))) == 2 * len(places)
