"""Hostile text in every input of the whole app, in a real browser: nothing runs, nothing is asked for outside, text stays text.

The inputs are found, not listed: every page of the navigation is opened, and every box that takes text is filled.  So a page that
is added is covered when it is there.  The fixture `page` fails a test in which anything throws or asks for an outside address.
"""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any
from urllib.parse import quote

import pytest

from sandbox.language import library
from sandbox.workshop import archive
from tests.support.browsing import IDLE, READY, attack_defence_and_belief, opened
from tests.support.effort import effort, some
from tests.support.hostile import BAD

PAYLOADS = (
    *(b for b in BAD if len(b) < 300),
    "<img src=x onerror=window.pwned=100>",
    "<IMG SRC=//evil.example/1 ONERROR=window.pwned=101>",
    "<svg/onload=window.pwned=102>",
    "<iframe srcdoc='<script>parent.pwned=103</script>'></iframe>",
    "<object data=javascript:window.pwned=104>",
    "<embed src=//evil.example/2>",
    "<video><source onerror=window.pwned=105></video>",
    "<details open ontoggle=window.pwned=106>x</details>",
    "<body onload=window.pwned=107>",
    "<base href=//evil.example/>",
    "<meta http-equiv=refresh content='0;url=//evil.example/3'>",
    "<form action=//evil.example/4><input autofocus onfocus=window.pwned=108></form>",
    "<math><mtext><table><mglyph><style><img src=x onerror=window.pwned=109>",
    "<a href='javascript:window.pwned=110'>x</a>",
    "[x](javascript:window.pwned=111)",
    "![x](//evil.example/5.png)",
    "<https://evil.example/6>",
    "[x]: https://evil.example/7 'y'",
    "javascript:window.pwned=112",
    "data:text/html,<script>window.pwned=113</script>",
    "';window.pwned=114;//",
    '";window.pwned=115;//',
    "`${window.pwned=116}`",
    "</style><script>window.pwned=117</script>",
    "</textarea><script>window.pwned=118</script>",
    "</title><script>window.pwned=119</script>",
    "</code></pre><script>window.pwned=120</script>",
    "--><script>window.pwned=121</script>",
    "<![CDATA[<script>window.pwned=122</script>]]>",
    "&#60;script&#62;window.pwned=123&#60;/script&#62;",
    "\\u003cscript\\u003ewindow.pwned=124",
    "$\\href{javascript:window.pwned=125}{x}$",
    "$$\\includegraphics{//evil.example/8}$$",
    ":material/bug_report: :red[x] :streamlit:",
    "| a | b |\n|---|---|\n| <img src=x onerror=window.pwned=126> | y |",
    "__proto__",
    "constructor.prototype.pwned",
    "{{7*7}} #{7*7} <%= 7*7 %>",
)
# One box at a time gets all of them; a payload that would swallow the rest is still the first in one of the orders.
ORDERS = (PAYLOADS, PAYLOADS[::-1], PAYLOADS[len(PAYLOADS) // 2 :] + PAYLOADS[: len(PAYLOADS) // 2])
TAKES_TEXT = (
    'textarea:visible, input[type="text"]:visible, input[type="search"]:visible, input:not([type]):visible, input[type="url"]:visible'
    ", .cm-content:visible"
)
SKIP = '[role="combobox"], [aria-haspopup="listbox"], [disabled], [readonly]'
LOADABLE = tuple(p for p in PAYLOADS if p.isprintable())  # a file with invisible characters is refused, and says so
AUD = library.get("missing-aud-replay")


def unharmed(page: Any) -> None:
    """Nothing has run, and nothing on the page points outside or is an element that a payload asked for."""
    assert page.evaluate("window.pwned ?? Object.prototype.pwned ?? null") is None
    assert (
        page.locator('[src*="evil"], [href*="evil"], [action*="evil"], [href^="javascript" i], [srcdoc], object, embed, base, math').count()
        == 0
    )
    assert page.locator("[onerror], [onload], [ontoggle], [onfocus]").count() == 0
    assert page.locator('meta[http-equiv="refresh"], .stMain svg script, .stMain script').count() == 0
    assert page.locator(".stApp").is_visible()


def settled(page: Any) -> None:
    page.wait_for_selector(IDLE)


def test_there_are_enough() -> None:
    assert len(PAYLOADS) >= 30
    assert len(set(PAYLOADS)) == len(PAYLOADS)


def pages(page: Any, app: str) -> list[str]:
    """Every page that the navigation leads to, and those that only links lead to."""
    opened(page, app, stepper=False)
    found = page.get_by_test_id("stTopNavLink").evaluate_all("(links) => links.map((a) => new URL(a.href).pathname)")
    return [*dict.fromkeys(found), "/your-file", f"/play?scenario={AUD.id}", "/workshop?present=1"]


WITH_TEXT = {"/token-lab", "/workshop", "/your-file"}  # a script that has ended is not yet a page that is drawn: wait for these


def test_every_box_of_every_page(page: Any, app: str) -> None:
    filled = set()
    for path in pages(page, app):
        opened(page, app + path, stepper="scenario" in path)
        if path in WITH_TEXT:
            page.wait_for_selector("textarea:visible, .cm-content:visible")
        for n in range(page.locator(TAKES_TEXT).count()):
            box = page.locator(TAKES_TEXT).nth(n)
            if not box.count() or box.evaluate(f"(el) => el.matches({json.dumps(SKIP)})"):
                continue
            for order in some(ORDERS, 1):
                text = "\n".join(order).replace("\x00", "")
                many = box.evaluate("(el) => el.tagName === 'TEXTAREA' || el.isContentEditable")
                box.fill(text if many else text.replace("\n", " "))
                box.press("Control+Enter" if many else "Enter")
                settled(page)
                unharmed(page)
                if not box.count():  # it has made way for something else
                    break
            filled.add(path)
    assert filled >= WITH_TEXT


def test_every_parameter_of_every_page(page: Any, app: str) -> None:
    names = (
        "scenario",
        "profile",
        "set",
        "seed",
        "step",
        "item",
        "files",
        "answers",
        "present",
        "predict",
        "a",
        "b",
        "c",
        "show",
        "edit",
        "field",
        "x<b>",
    )
    for path in pages(page, app):
        plain = path.partition("?")[0]
        for shift in some(range(len(PAYLOADS)), 1):
            payloads = (PAYLOADS[(i + shift) % len(PAYLOADS)].encode("utf-8", "replace").decode() for i in range(len(names)))
            query = "&".join(f"{quote(name)}={quote(payload)}" for name, payload in zip(names, payloads, strict=True))
            opened(page, f"{app}{plain}?{query}", stepper=False)
            unharmed(page)


@pytest.mark.parametrize("payload", some([p for p in PAYLOADS if p.isprintable()], 6))
def test_a_parameter_is_shown_as_text(page: Any, app: str, payload: str) -> None:
    opened(page, f"{app}/play?scenario={AUD.id}&profile={quote(payload)}")
    said = page.locator(".problem").first.inner_text()
    assert "There is no profile" in said
    assert payload[:20].replace("\\", "") in said.replace("\\", "")
    unharmed(page)


def scenario(shift: int) -> str:
    """The text of a scenario in which every free text is a payload, in another place for each shift."""
    texts = iter(json.dumps(LOADABLE[(i + shift) % len(LOADABLE)][:110]) for i in range(1000))
    source = AUD.source
    for text in (
        AUD.title,
        AUD.story,
        *(s.say for s in AUD.steps),
        *(m.believed for m in AUD.myths),
        *(m.because for m in AUD.myths),
        *(d.because for d in AUD.blocked_by),
    ):
        if f": {text}" in source and text:
            source = source.replace(f": {text}", f": {next(texts)}")
    q = next(s.predict for s in AUD.steps if s.predict)
    for text in (f"question: {q.question}", f'accepted: "{q.accepted}"', f'refused: "{q.refused}"'):
        assert text in source
        source = source.replace(text, f"{text.partition(':')[0]}: {next(texts)}")
    return source.replace("is: a compromised resource server", f"is: {next(texts)}")


@pytest.mark.parametrize("shift", range(0, len(LOADABLE), effort(22, long=2)))
def test_every_text_of_a_file_on_every_control_that_shows_it(page: Any, app: str, shift: int) -> None:
    opened(page, f"{app}/workshop", stepper=False)
    source = "".join(c for c in scenario(shift) if c == "\n" or c.isprintable())
    title = json.dumps(LOADABLE[shift][:110])
    told = f"title: {title}\nabout: {title}\nitems:\n  - {{scenario: x.yaml, title: {title}, note: {title}}}\n  - {{scenario: x.yaml}}\n"
    page.locator('input[type="file"]').set_input_files(
        files=[
            {"name": name, "mimeType": "application/yaml", "buffer": text.encode("utf-8", "replace")}
            for name, text in (("x.yaml", source), ("list.yaml", told))
        ]
    )
    settled(page)
    attack_defence_and_belief(page)
    page.get_by_role("button", name="Present").click()
    page.wait_for_selector(f"{READY}.present")
    page.keyboard.press("n")
    unharmed(page)


def test_names_in_a_zip_and_of_files(page: Any, app: str) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        for number, payload in enumerate(PAYLOADS):
            name = f"{number}{payload.encode('utf-8', 'replace').decode()[:70]}.yaml"
            z.writestr(zipfile.ZipInfo(name), AUD.source if number % 2 else "title: [")
    opened(page, f"{app}/workshop", stepper=False)
    page.locator('input[type="file"]').set_input_files(
        files=[{"name": "<img src=x onerror=window.pwned=1>.zip", "mimeType": "application/zip", "buffer": out.getvalue()}]
    )
    settled(page)
    page.locator(".st-key-workshop_file button, .st-key-workshop_file label").nth(9).wait_for()
    unharmed(page)


def test_files_in_a_link(page: Any, app: str) -> None:
    for payload in some(PAYLOADS, 4):
        sound = payload.encode("utf-8", "replace").decode()
        word = archive.pack({f"{sound}.yaml": AUD.source, "b.yaml": sound, "c.yaml": f"title: {sound}"})
        opened(page, f"{app}/workshop?files={word}", stepper=False)
        unharmed(page)
