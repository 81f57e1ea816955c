"""The page Matrix: every attack in every design, and with each of its defences and beliefs, filled while the visitor looks on.

One row is run at a time, between which the page stays usable; rows that somebody has run already are there at once.  What an attacker
who adapts has found around a blocked cell is known from `studies/searched.json`; around cells that are not in it she looks by herself
when all rows are there, in one search for all visitors.  The runs are made in `studies/matrix.py`, the search in `studies/adaptive.py`,
the page to take away in `views/html/matrix_page.py`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import streamlit as st

from sandbox.app import cache, links, navigation, state
from sandbox.app.markup import markup, problems, show
from sandbox.app.parts import looking, verdict_table, weak_points
from sandbox.app.parts.verdict_table import Doc
from sandbox.app.state import View, sentence
from sandbox.core import memo
from sandbox.core.text import plural, quoted
from sandbox.language import library
from sandbox.language.document import TARGETS, Scenario
from sandbox.protocol.settings import Settings
from sandbox.protocol.switches import PROFILES
from sandbox.studies import basis, costs, searched
from sandbox.studies.adaptive import Looked
from sandbox.studies.matrix import Cell, Kind, all_as_json
from sandbox.views.audit.words import STEP
from sandbox.views.html import matrix_page
from sandbox.views.outcomes import SHOWN, SIGNS, by_way

PAGE = "matrix"
TICK = 0.1  # seconds between two rows, in which clicks get their turn
PAUSE = 2  # seconds between two moments that a visitor lends to the search
SEARCH = "matrix-search"  # whether this visitor lends any
VIEWS = {"designs": "Designs", "defences": "Defences and beliefs"}
CLAIMS: dict[str, tuple[Kind, ...]] = {
    "As in its file": ("own",),
    "What blocks or limits it": ("defence", "limit"),
    "What people believe": ("myth",),
}
EXPORTS = {"html": "The matrix as a page of its own", "json": "Every cell as data"}
BADGE = '<span class="sign {tone}"><i aria-hidden="true">{mark}</i> <b>{word}</b> {meaning}</span>'
HEAD = (
    '<div class="title"><h1>Matrix</h1><p>Every attack in four designs, and with each defence and each belief. '
    "Every outcome was observed in a run, and leads into it.</p></div>"
)


Far = dict[tuple[str, str], Looked]  # attack and profile -> what an attacker who adapts has found there


@dataclass(frozen=True)
class Which:
    """Which of the two tables is on show."""

    show: str = "designs"

    def params(self) -> dict[str, str]:
        return {"show": self.show} if self.show != "designs" else {}


def read(params: Mapping[str, str]) -> tuple[Which, list[str]]:
    """What an address means."""
    wanted = params.get("show", "designs")
    if wanted in VIEWS:
        return Which(wanted), []
    return Which(), [sentence(f"There is no table {quoted(wanted)}; it is one of {', '.join(VIEWS)}")]


@navigation.page(
    "Matrix", path=PAGE, place=50, about="Every attack in four designs, and with each defence and each belief, run while you watch."
)
def page() -> None:
    """The whole page.  Only what is inside the fragment is drawn again while the table fills."""
    which: Which = state.read(PAGE, read)
    problems()
    with st.container(key="head", horizontal=True, vertical_alignment="center", gap="small"):
        st.html(HEAD)
        links.address(PAGE, state.publish(PAGE, which))
    _legend()
    pace = _pace(_missing(_known()))
    st.fragment(_live, run_every=pace)(which, pace)
    weak_points.section()


def _legend() -> None:
    signs = (
        markup(BADGE, tone=verdict_table.item(word, None)["tone"], mark=sign.mark, word=sign.word, meaning=sign.meaning)
        for word, sign in ((w, SIGNS[w]) for w in SHOWN)
    )
    searched = markup(BADGE, tone="none", mark=basis.MARK, word="searched", meaning=basis.SEARCHED)
    st.html(f'<div class="legend">{"".join(signs)}{searched}</div>')


# ---------------------------------------------------------------- filling


def _done() -> int:
    return int(st.session_state.get("matrix-rows", 0))


def _running() -> bool:
    return bool(st.session_state.get("matrix-on", True)) and _done() < len(library.attacks())


def _known() -> list[tuple[Cell, ...]]:
    """The rows that this visitor has seen filled, and those after them that need not be run any more."""
    attacks, done = library.attacks(), _done()
    while _running() and done < len(attacks) and memo.of(cache.row).has(attacks[done]):
        done += 1
        st.session_state["matrix-rows"] = done
    return [cache.row(attack) for attack in attacks[:done]]


def _pace(missing: Sequence[looking.Place]) -> float | None:
    """The seconds until something more is done on this page; None if nothing is left, or wanted."""
    return TICK if _running() else PAUSE if missing and _searching() else None


def _live(which: Which, pace: float | None) -> None:
    """The table as far as it is; then one row more, which the next tick shows."""
    state.in_fragment(which)
    attacks, rows = library.attacks(), _known()
    looked = _looked(rows)
    with st.container(key="matrix-live"):
        _controls(which, attacks, rows, looked)
        _table(which, attacks, rows, looked)
    missing = _missing(rows)
    if _pace(missing) != pace:
        st.rerun()  # only a whole run can start the timer, or take it away
    if _running():
        cache.row(attacks[_done()])
    elif pace is not None:
        looking.shared(_places(rows)).lend()


# ---------------------------------------------------------------- the search behind the blocked cells


def _blocked(rows: Sequence[tuple[Cell, ...]]) -> list[Cell]:
    """The cells around which it makes sense to look."""
    return [c for row in rows for c in row if c.kind == "profile" and c.found in basis.OPEN]


def _looked(rows: Sequence[tuple[Cell, ...]]) -> Far:
    """What has been found around them, by whichever visitor."""
    far = ((cell, cache.around(cell.attack, Settings.of(cell.profile))) for cell in _blocked(rows))
    return {(cell.attack, cell.profile): looked for cell, looked in far if looked is not None}


def _places(rows: Sequence[tuple[Cell, ...]]) -> tuple[looking.Place, ...]:
    """What the search is about: the blocked cells that the file does not know."""
    around = [(cell.attack, Settings.of(cell.profile)) for cell in _blocked(rows)]
    return tuple((library.get(attack), settings) for attack, settings in around if searched.known(attack, settings) is None)


def _missing(rows: Sequence[tuple[Cell, ...]]) -> list[looking.Place]:
    """Those of them around which nobody has looked yet, once all rows are there."""
    if len(rows) < len(library.attacks()) or looking.shared(_places(rows)).done:
        return []
    return [(attack, settings) for attack, settings in _places(rows) if cache.around(attack.id, settings) is None]


def _searching() -> bool:
    return bool(st.session_state.get(SEARCH, True))


def _search_bar(rows: Sequence[tuple[Cell, ...]], looked: Far) -> None:
    """How far the search is, and how it is stopped; at last what came of it."""
    cells = len(_blocked(rows))
    if len(looked) == cells:
        show('<p class="fineprint done">{said}</p>', said=basis.counted(looked.values()))
        return
    on = _searching()
    st.button("Stop" if on else "Continue", key=f"{SEARCH}-stop", on_click=_search, args=(not on,), help=looking.HELP)
    st.progress(len(looked) / cells, f"{len(looked)} of {plural(cells, 'blocked cell')} searched{'' if on else ': stopped'}")


# ---------------------------------------------------------------- what stands above the table


def _controls(which: Which, attacks: Sequence[Scenario], rows: Sequence[tuple[Cell, ...]], looked: Far) -> None:
    with st.container(key="matrix-bar", horizontal=True, vertical_alignment="center", gap="small"):
        st.session_state["matrix-show"] = which.show
        st.segmented_control(
            "Table",
            list(VIEWS),
            format_func=VIEWS.__getitem__,
            key="matrix-show",
            required=True,
            label_visibility="collapsed",
            on_change=_choose,
        )
        count = sum(map(len, rows))
        if len(rows) < len(attacks):
            running = _running()
            st.button("Stop" if running else "Continue", key="matrix-stop", on_click=_switch, args=(not running,))
            st.progress(
                len(rows) / len(attacks), f"{len(rows)} of {len(attacks)} attacks, {plural(count, 'run')}{'' if running else ': stopped'}"
            )
        else:
            show(
                '<p class="fineprint done">{n}, {count}. {verdict}</p>',
                n=plural(len(rows), "attack"),
                count=plural(count, "run"),
                verdict=_claims(rows),
            )
            _search_bar(rows, looked)
            st.space("stretch")
        _exports(attacks, rows, looked)


def _claims(rows: Sequence[tuple[Cell, ...]]) -> str:
    claims = [c for row in rows for c in row if c.expected is not None]
    wrong = sum(bool(c.fault) for c in claims)
    return (
        f"{wrong} of {len(claims)} claims of the files differ from what is found."
        if wrong
        else "Every claim of the files is what is found."
    )


def _exports(attacks: Sequence[Scenario], rows: Sequence[tuple[Cell, ...]], looked: Far) -> None:
    cells, some = [c for row in rows for c in row], list(attacks[: len(rows)])
    files = (
        ("html", "text/html", lambda: matrix_page.page(cells, some, looked=looked)),
        ("json", "application/json", lambda: _json(cells, looked)),
    )
    for kind, mime, content in files:
        st.download_button(
            kind.upper(), content, f"matrix.{kind}", mime, key=f"matrix-{kind}", on_click="ignore", disabled=not rows, help=EXPORTS[kind]
        )


def _json(cells: Sequence[Cell], looked: Far) -> str:
    return json.dumps(all_as_json(cells, looked), indent=2)


def _choose() -> None:
    state.go(Which(st.session_state["matrix-show"]))


def _search(on: bool) -> None:
    st.session_state[SEARCH] = on


def _switch(on: bool) -> None:
    st.session_state["matrix-on"] = on


# ---------------------------------------------------------------- the two tables


def _table(which: Which, attacks: Sequence[Scenario], rows: Sequence[tuple[Cell, ...]], looked: Far) -> None:
    found = dict(zip((a.id for a in attacks), rows, strict=False))
    columns = ["Attack", *(p.title for p in PROFILES.values())] if which.show == "designs" else ["Attack", *CLAIMS]
    line = partial(_designs, looked=looked) if which.show == "designs" else _defences
    out: list[Doc] = []
    for target, name in (TARGETS | {None: "Other"}).items():
        group = [a for a in attacks if a.target == target]
        if group:
            out.append({"group": name, "span": str(len(columns))})
            out += [_headed(a) | {"cells": line(a, found.get(a.id, ()))} for a in group]
    verdict_table.show(f"matrix {which.show}", "Attacks down; each outcome leads into its run", columns, out, "matrix-table")


def _headed(attack: Scenario) -> Doc:
    return {"head": attack.title, "sub": attack.attacker.is_ if attack.attacker else ""}


def _designs(attack: Scenario, row: Sequence[Cell], looked: Far) -> list[Doc]:
    found = {c.profile: c for c in row if c.kind == "profile"}
    return [
        verdict_table.cell(_outcomes(found[p], looked.get((attack.id, p))))
        if p in found
        else verdict_table.cell(empty="not run yet" if not row else "–")
        for p in PROFILES
    ]


def _outcomes(cell: Cell, looked: Looked | None) -> list[Doc]:
    """What the scripts come to in a profile, leading into the run that decided; and each way that was found around it, leading into it."""
    to, ways = {"scenario": cell.script, "profile": cell.profile}, looked.ways if looked else ()
    note = f"{basis.MARK} {basis.around(looked)}" if looked and not ways else ""
    scripts = verdict_table.item(cell.found, to, _more(cell), title=_said(cell), note=note)
    return [scripts | ({"tone": "none"} if ways else {}), *map(_way, ways)]


def _way(way: Scenario) -> Doc:
    """A way that no file tells; without a link if its file is too large for one."""
    more, title = f"{basis.MARK} {basis.short(way)}", f"{STEP}: {basis.told(way)}"
    return verdict_table.item("succeeded", links.stepper(way) or None, more, basis.ANOTHER, title, "workshop")


def _defences(attack: Scenario, row: Sequence[Cell]) -> list[Doc]:
    items = list(zip(row, _names(attack, row), strict=True))
    return [
        verdict_table.cell(
            [_claim(attack, cell, name) for cell, name in items if cell.kind in kinds], empty="not run yet" if not row else "–"
        )
        for kinds in CLAIMS.values()
    ]


def _names(attack: Scenario, row: Sequence[Cell]) -> list[str]:
    """What each cell is called: a belief by its sentence, all else by its switches."""
    believed = iter([m.believed for m in attack.myths if m.switches])
    return [next(believed, "") if cell.kind == "myth" else cell.named for cell in row]


def _claim(attack: Scenario, cell: Cell, name: str) -> Doc:
    script = library.get(cell.way) if cell.way else attack
    view = View(script.id, attack.settings.profile if cell.way else "")
    params = view.with_settings(script, attack.settings.at_least(dict(cell.switches))).params()
    word = SIGNS[cell.found].word
    if not cell.switches:
        return verdict_table.item(cell.found, params, _more(cell), word, _said(cell))
    return verdict_table.item(
        cell.found, params, ": ".join(filter(None, (word, _more(cell)))), name.rstrip("."), f"{cell.named}: {_said(cell)}"
    )


def _said(cell: Cell) -> str:
    return by_way(basis.said(cell.found, cell.sentence, cell.scripts), cell.way)


def _more(cell: Cell) -> str:
    """What ran, and who refused; or for how long it works."""
    if cell.blocked_by:
        return basis.brief(cell.found, cell.blocked_by, cell.scripts)
    if cell.exposure is not None:
        return f"works for {costs.span(cell.exposure)}"
    return ""
