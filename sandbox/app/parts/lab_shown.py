"""A token as the lab shows it: its parts in colours that have numbers, too, its form, how it is read, and its dates in words."""

from __future__ import annotations

from sandbox.app.markup import block, markup
from sandbox.core.clock import clock_time
from sandbox.core.text import cut, plural
from sandbox.studies import token_lab
from sandbox.studies.token_lab import FORMS, Part, Reading, in_words, life

CLIP = 360  # characters of a part that are shown in colours; the whole of it stands in the box
THREE = (("header", "Header"), ("claims", "Claims"), ("signature", "Signature"))  # numbered 1 to 3, here and at the boxes
SPAN = '<span class="p{n}"><b>{n} {name}</b> {text}</span>'
PART = (
    '<div class="part"><h2>{name} <small>{fault}</small></h2><pre tabindex="0" role="group" aria-label="{name}">{lenient_html}</pre></div>'
)
DATE = '<tr class="{tone}"><th scope="row">{claim}</th><td>{words}<small>{date} {ref}</small></td></tr>'


def label(name: str) -> str:
    """`1 Header`, `2 Claims`, `3 Signature`: the label of a part, the same wherever it stands."""
    number = [each for each, _ in THREE].index(name) + 1
    return f"{number} {THREE[number - 1][1]}"


def coloured(reading: Reading) -> str:
    """The three parts one after the other, each with its number; '' if the token does not have them."""
    parts = {p.name: p for p in reading.parts}
    if not {name for name, _ in THREE} <= set(parts):
        return ""
    spans = [markup(SPAN, n=n, name=title, text=_clipped(parts[name].raw)) for n, (name, title) in enumerate(THREE, 1)]
    return f'<div class="token" role="group" aria-label="The token in its parts">{"<i>.</i>".join(spans)}</div>'


def _clipped(raw: str) -> str:
    if len(raw) <= CLIP:
        return raw or "(empty)"
    return f"{cut(raw, CLIP)} ({plural(len(raw), 'character')})"


def form(reading: Reading) -> str:
    """What it is, in a sentence with its source."""
    if reading.form is None:
        return ""
    notes = "".join(markup(" {note}", note=note) for note in reading.notes)
    template = '<p class="form"><b>{name}.</b> {sentence}{notes_html} <small>{ref}</small></p>'
    return markup(template, name=reading.form.name, sentence=reading.form.sentence, notes_html=notes, ref=reading.form.ref)


def readers(reading: Reading) -> str:
    """Strict and lenient, one below the other; then each part that is broken, or that has no box of its own."""
    strict = f"refuses it: {reading.strict}." if reading.strict else "reads it."
    lenient = "reads header and claims." if reading.lenient else "cannot read it either."
    if reading.form in (FORMS["claims"], FORMS["header"]):
        lenient = f"reads the {reading.form.id}."
    if reading.form in (FORMS["jwe"], FORMS["jwe-nested"]):
        lenient = "reads the header, and nothing else without the key."
    able = reading.lenient or "reads" in lenient
    said = markup(
        '<div class="readers"><p class="{s}"><b>A strict reader</b> {strict}</p><p class="{l}"><b>A lenient reader</b> {lenient}</p></div>',
        s="fail" if reading.strict else "pass",
        l="pass" if able else "fail",
        strict=strict,
        lenient=lenient,
    )
    loose = "" if reading.form else "".join(markup('<p class="form">{note}</p>', note=n) for n in reading.notes)
    shown = [p for p in reading.parts if p.fault or p.name not in dict(THREE)] if not reading.alone else []
    rows = "".join(_part(p) for p in shown)
    return said + loose + (f'<div class="parts">{rows}</div>' if rows else "")


def _part(part: Part) -> str:
    lenient = block(part.lenient[:2000]) or "nothing that can be read"
    return markup(PART, name=part.name, fault=part.fault or "fine by itself", lenient_html=lenient)


def signature(reading: Reading) -> str:
    """The decoded side of the signature: which algorithm the header names, and how long it is."""
    alg = str((reading.header or {}).get("alg", "no algorithm"))
    size = f"{plural(len(reading.signature) * 3 // 4, 'byte')}, by {alg}" if reading.signature else f"none, and the header says {alg}"
    return markup('<p class="signature"><b>{label}</b> {size}</p>', label=label("signature"), size=cut(size, 80))


def dates(reading: Reading, now: int) -> str:
    """The dates of the claims in words, seen from `now`, and how long the token lives; '' if there are none."""
    claims = reading.claims or {}
    found = token_lab.dates(claims, now)
    if not found:
        return ""
    rows = [
        markup(
            DATE,
            tone="fault" if d.fault else "",
            claim=d.claim,
            words=d.words if d.fault else d.words[:1].upper() + d.words[1:],
            date=d.date,
            ref=d.ref,
        )
        for d in found
    ]
    lasts = life(claims)
    whole = markup("<p>It lives for {span}.</p>", span=in_words(lasts)) if lasts is not None and lasts > 0 else ""
    head = markup("<h2>Dates <small>by the clock of this world: {now} UTC</small></h2>", now=clock_time(now))
    return f'<div class="dates">{head}{whole}<table>{"".join(rows)}</table></div>'
