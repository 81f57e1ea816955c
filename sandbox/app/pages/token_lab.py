"""The page Token lab: a token, read strictly and leniently, changed, signed or forged, and shown to an API.

The token is in the session and nowhere else: not in the address, not in a cache.  What is done with it is `sandbox/studies/token_lab/`'s.
"""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from sandbox.app import assets, links, navigation, state
from sandbox.app.markup import block, markup, problems, show
from sandbox.app.parts import lab_attacks, lab_shown, lab_text, switch_panel
from sandbox.app.state import View
from sandbox.core.text import md, quoted
from sandbox.language import library
from sandbox.language.document import Scenario
from sandbox.protocol.cast import title
from sandbox.protocol.settings import Settings
from sandbox.studies import path, token_lab
from sandbox.studies.token_lab import BadInput, Found, Reading, Ruling

PAGE = "token-lab"
NAMES = {"access_token": "access token", "id_token": "ID token", "dpop_proof": "DPoP proof"}
MARKS = {"pass": ("✓", "passed"), "fail": ("✗", "failed"), "skipped": ("–", "not looked at")}
WAYS = {"header": "In the header", "query": "In the address"}
CHECK = (
    '<tr class="{outcome}"><td><i aria-hidden="true">{mark}</i> {said}</td><th scope="row">{name}<small>{sentence} {ref}</small></th>'
    "<td>{expected}</td><td>{found}</td></tr>"
)
HEAD = "<tr><th scope='col'>Outcome</th><th scope='col'>Check</th><th scope='col'>Expected</th><th scope='col'>Found</th></tr>"
PLACEHOLDER = "eyJ… alone, or an Authorization header, a curl command, a JSON answer, a cookie, an address, a line of a log"
BEHIND = "No verdict: first put right what is marked at the token."


@navigation.page("Token lab", path=PAGE, place=70, about="Take a token apart, change it, sign or forge it, and see who accepts it.")
def page() -> None:
    query = state.arrived(PAGE)
    if query is not None:
        st.session_state.view, st.session_state.problems = state.parse(query)
        st.session_state.lab = _asked(query, st.session_state.problems)
    view: View = st.session_state.view
    scenario = library.get(view.scenario) if view.scenario else _first(view)
    settings = view.settings(scenario)
    if "lab-token" not in st.session_state:
        _sample(scenario, settings, query or {})
    lab_text.follow(settings)
    _head(view)
    reading = lab_text.reading()
    with st.container(key="lab-setting", horizontal=True, vertical_alignment="center", gap="small"):
        switch_panel.profile(view, scenario)
        switch_panel.panel(scenario, view, tuple(token_lab.apis()))
    left, right = st.columns([1, 1], gap="large")
    with left:
        _token(scenario, settings, reading)
        _workshop(settings, reading)
    with right:
        _verdict(scenario, settings, reading)
    _follow_typing()


def _first(view: View) -> Scenario:
    """The flow whose tokens are offered where the address names none: the first that still opens something at its end."""
    flows = path.ordered(library.flows())
    return next((f for f in flows if token_lab.opens_something(f, view.settings(f))), flows[0])


def _asked(query: Mapping[str, str], problems: list[str]) -> dict[str, str]:
    """Which API, proof, wait and way the address asks for; what it does not know is said."""
    known = {"api": list(token_lab.apis()), "proof": list(token_lab.PROOFS), "wait": [str(w) for w in token_lab.WAITS], "how": list(WAYS)}
    for name, values in known.items():
        if query.get(name, values[0]) not in values:
            problems.append(f"The link asks for {name} {quoted(query[name])}, which is none of {', '.join(values)}.")
    return {name: query[name] if query.get(name) in values else values[0] for name, values in known.items()}


def _head(view: View) -> None:
    problems()
    with st.container(key="lab-head", horizontal=True, vertical_alignment="center", gap="small"):
        show(
            '<div class="title"><h1>Token lab</h1><p>Take a token apart, change it, sign or forge it, '
            "and see which check of an API notices.</p></div>"
        )
        default = _asked({}, [])
        more = {name: value for name, value in st.session_state.lab.items() if value != default[name]}
        links.address(PAGE, state.publish(PAGE, view, **more))
    show('<div class="warning"><b>Teaching tokens only.</b> {warning}</div>', warning=token_lab.WARNING)


# ---------------------------------------------------------------- the token


def _sample(scenario: Scenario, settings: Settings, query: Mapping[str, str]) -> None:
    """A token that an API accepts, so that there is something to break."""
    found = token_lab.tokens_of(scenario, settings)
    if not found:
        lab_text.take("")
        return
    number, api, proof = token_lab.sample(scenario, settings)
    st.session_state.lab |= {k: v for k, v in (("api", api), ("proof", proof)) if k not in query}
    st.session_state["lab-which"] = number
    lab_text.take(found[number].token)


def _token(scenario: Scenario, settings: Settings, reading: Reading | None) -> None:
    with st.container(key="lab-load", horizontal=True, vertical_alignment="bottom", gap="small"):
        found = token_lab.tokens_of(scenario, settings)
        st.session_state["lab-scenario"] = scenario.id
        st.selectbox(
            "Load from a run",
            [s.id for s in [*path.ordered(library.flows()), *library.attacks()]],
            format_func=lambda id: library.get(id).title,
            key="lab-scenario",
            on_change=_other_run,
        )
        none = "none in this setting"
        st.selectbox("Token", range(len(found)), format_func=lambda n: _named(found[n]), key="lab-which", placeholder=none)
        st.button("Load", key="lab-load-it", on_click=_load, args=(found,), disabled=not found)
    # without max_chars: a browser keeps what is longer to itself, and the token before it would be judged
    st.text_area("The token", key=lab_text.TOKEN, height=120, on_change=lab_text.pasted, placeholder=PLACEHOLDER)
    if taken := lab_text.taken():
        st.caption(md(" ".join(taken)))
    if others := lab_text.others():
        st.pills("Other tokens in what was pasted", list(others), format_func=md, key=lab_text.OTHERS, on_change=lab_text.other)
    if reading is not None:
        with st.container(key="lab-read", gap="xsmall"):
            st.html(lab_shown.coloured(reading) + lab_shown.form(reading) + lab_shown.readers(reading))
    elif fault := lab_text.fault():
        show('<div class="problem" role="alert">{fault}</div>', fault=fault)
    else:
        st.info("Paste a token, or whatever has one in it, or load one from a run.")


def _named(found: Found) -> str:
    return f"{NAMES.get(found.name, found.name)}: {title(found.sender)} to {title(found.receiver)}, {found.step.replace('_', ' ')}"


def _other_run() -> None:
    view: View = st.session_state.view
    state.go(View(st.session_state["lab-scenario"], view.profile, view.changes, view.seed))
    st.session_state["lab-which"] = 0


def _load(found: tuple[Found, ...]) -> None:
    number = st.session_state.get("lab-which")
    if isinstance(number, int) and number < len(found):
        lab_text.take(found[number].token)


# ---------------------------------------------------------------- changing and signing


def _workshop(settings: Settings, reading: Reading | None) -> None:
    """The decoded sides, which can be changed, and the ways to sign."""
    left, right = st.columns([1, 1.6], gap="small")
    for place, name, changed in ((left, "header", lab_text.header_changed), (right, "claims", lab_text.claims_changed)):
        place.text_area(lab_shown.label(name), key=f"lab-{name}", height=230, on_change=changed, args=(settings,), placeholder=f"No {name}")
    if reading is not None and reading.header is not None:
        st.html(lab_shown.signature(reading))
    chosen = st.pills(
        "Sign it, or forge it",
        list(token_lab.FORGERIES),
        format_func=lambda id: token_lab.FORGERIES[id].label,
        key=lab_text.FORGERY,
        on_change=lab_text.forged,
        args=(settings,),
    )
    if said := lab_text.let_go():
        show('<p class="said">{said}</p>', said=said)
    if reading is not None and (fault := lab_text.fault()):
        show('<div class="problem" role="alert">{fault} The token is still the one from before.</div>', fault=fault)
    elif chosen:
        forgery = token_lab.FORGERIES[chosen]
        show('<p class="said">{about} <small>{ref}</small></p>', about=forgery.about, ref=forgery.ref)


def _follow_typing() -> None:
    """What is typed is taken after a pause, and what stands beside it is hidden until it belongs to it."""
    texts = {name: st.session_state.get(f"lab-{name}", "") for name in ("token", "header", "claims")}
    st.components.v2.component("lab", js=assets.text("lab.js"))(key="lab", data={"texts": texts}, width="content")


# ---------------------------------------------------------------- showing it to an API


def _verdict(scenario: Scenario, settings: Settings, reading: Reading | None) -> None:
    chosen = st.session_state.lab
    with st.container(key="lab-request", horizontal=True, vertical_alignment="bottom", gap="small"):
        _choice("Show it to", "api", token_lab.apis())
        _choice("DPoP proof", "proof", token_lab.PROOFS)
        _choice("When", "wait", {str(k): v for k, v in token_lab.WAITS.items()})
        _choice("Where", "how", WAYS)
    with st.container(key="lab-result", gap="small"):
        if lab_text.fault():
            show('<p class="said">{said}</p>', said=BEHIND)
        elif reading is not None:
            _result(scenario, settings, reading, chosen)


def _result(scenario: Scenario, settings: Settings, reading: Reading, chosen: Mapping[str, str]) -> None:
    """What the API says, the dates by its clock, and what such claims are open to; claims alone are nothing that it could be sent."""
    try:
        ruling = token_lab.verify(reading.token, chosen["api"], settings, scenario, chosen["proof"], int(chosen["wait"]), chosen["how"])
    except BadInput as error:
        show('<div class="problem" role="alert">{fault}</div>', fault=str(error))
        return
    if not reading.alone:
        _ruling(ruling)
    if dates := lab_shown.dates(reading, ruling.now):
        st.html(dates)
    lab_attacks.panel(reading)


def _choice(label: str, name: str, values: Mapping[str, str]) -> None:
    st.session_state[f"lab-{name}"] = st.session_state.lab[name]
    st.selectbox(label, list(values), format_func=values.__getitem__, key=f"lab-{name}", on_change=_choose, args=(name,))


def _choose(name: str) -> None:
    st.session_state.lab = {**st.session_state.lab, name: st.session_state[f"lab-{name}"]}


def _ruling(ruling: Ruling) -> None:
    show(
        '<div class="ruling {tone}" role="status"><b>{status} {error}</b><p>{sentence}</p></div>',
        tone="good" if ruling.accepted else "bad",
        status=ruling.status,
        error=ruling.error,
        sentence=ruling.sentence,
    )
    if ruling.hint:
        show('<div class="problem">{hint}</div>', hint=ruling.hint)
    rows = (_check(c) for c in ruling.checks)
    st.html(f'<div class="checks"><table>{HEAD}{"".join(rows)}</table></div>')
    with st.expander("The request and the answer", key="lab-wire"):
        for text in (ruling.request, ruling.body or "(no body)"):  # not st.code: it would fetch 515 kB of colouring
            show('<pre class="wire">{text_html}</pre>', text_html=block(text))


def _check(check: token_lab.Check) -> str:
    mark, said = MARKS[check.outcome]
    return markup(
        CHECK,
        outcome=check.outcome,
        mark=mark,
        said=said,
        name=check.name.replace("_", " "),
        sentence=check.sentence,
        ref=check.ref,
        expected=check.expected,
        found=check.found or "–",
    )
