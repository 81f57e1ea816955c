"""The page Workshop: a visitor's own scenario files and playlists, their errors, and their runs.

It contains what was once the page Your file, whose address still works.
"""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from sandbox.app import assets, cache, links, navigation, state
from sandbox.app.markup import problems, show
from sandbox.app.parts import classroom, recorder, room, scenario_page, stepper, workshop_files
from sandbox.app.parts.workshop_view import WorkshopView, parse
from sandbox.app.rooms import ROOMS
from sandbox.core.text import clean, plural
from sandbox.engine.case import Case
from sandbox.engine.player import NotLearned
from sandbox.engine.result import Run
from sandbox.protocol.edits import BadEdit
from sandbox.views import howto
from sandbox.workshop import archive
from sandbox.workshop.folder import folder
from sandbox.workshop.handout import handout
from sandbox.workshop.program import Entry, Workshop, fault

PAGE = "workshop"
OLD_PAGE = "your-file"
ABOUT = "Scenarios of your own, or a playlist, to lead a room through."
HEAD = (
    '<div class="title"><h1>{title}</h1><p>Bring scenarios of your own, or a playlist: write them here, load files or a zip. '
    "They are checked as you go.</p></div>"
)
TITLE = '<div class="title"><h1>{title}</h1></div>'
LACKS = "{files} do not fit into a link. Hand them out as a zip instead: the button “All files” saves it, and this page opens it."
STALE = '<div class="stale" role="status"><b>{file} has a problem in line {line}:</b> {message}. Below stands what it showed before.</div>'
PRESENTING = '<div class="presenting"><h1>{title}</h1><p>{story}</p></div>'


@navigation.page("Workshop", path=PAGE, place=80, about=ABOUT)
def page() -> None:
    _page(PAGE)


@navigation.page("Your file", path=OLD_PAGE, about=ABOUT)
def your_file() -> None:
    """The page under its older address."""
    _page(OLD_PAGE)


def _page(page: str) -> None:
    st.html(f"<style>{assets.text('workshop.css')}</style>")
    view: WorkshopView = state.read(page, parse)
    view = _arrived(view) if view.fresh else view
    shown = workshop_files.shown()
    if recorder.on() and not view.present:
        view = _settled(view, shown)
        recorder.draw(lambda: links.address(page, state.publish(page, view, record=recorder.link()), lacks=recorder.lacks()))
        return
    view = _settled(view, shown)
    if view.present and shown.entries:
        _present(page, shown, view)
    else:
        _work(page, shown, view)


# ---------------------------------------------------------------- the view


def _arrived(view: WorkshopView) -> WorkshopView:
    """Somebody has come by a link, or back from another page: the link's files are loaded, else what was here is still here."""
    problems: list[str] = st.session_state.problems
    if view.files:
        try:
            workshop_files.replace_all(archive.unpack(view.files))
        except archive.BadPack as error:
            problems.append(f"The files in the link cannot be read: {error}.")
    if view.record and not recorder.on():
        problems += recorder.resumed(view.record)
    view = replace(view, record="")  # from here on it is the recorder's
    kept: WorkshopView | None = st.session_state.get("workshop_view")
    if kept is not None and not view.params():
        return replace(kept, present=False)
    return replace(view, fresh=False)


def _settled(view: WorkshopView, shown: Workshop) -> WorkshopView:
    """The view with what follows from the files: an entry that exists, its setting, and the word that carries the files in a link."""
    item = workshop_files.together(shown.entries, min(view.item, max(1, len(shown.entries))))
    entry = shown.entries[item - 1] if shown.entries else None
    files = workshop_files.files()
    texts = {n: t for n, t in files.items() if isinstance(t, str)}
    packed = archive.pack(texts) if len(texts) == len(files) else ""  # all of them, or none: a link must not lose one
    view = replace(view, item=item, own=entry.settings if entry else None, files=packed)
    st.session_state.view = st.session_state.workshop_view = view
    return view


# ---------------------------------------------------------------- the page


def _work(page: str, shown: Workshop, view: WorkshopView) -> None:
    with st.container(key="workshop", gap="xsmall"):
        with st.container(key="workshop-head", horizontal=True, vertical_alignment="center", gap="small"):
            show(TITLE if shown.entries and not workshop_files.typing() else HEAD, title=shown.title)
            with st.popover("How to write a scenario", key="howto", on_change="rerun", width="content") as box:
                if box.open:
                    _howto()
            if not shown.entries:
                _address(page, view)
        with st.container():  # also if it is empty: what is below keeps its place, and the editor its cursor
            if not shown.entries:
                problems()
        with st.expander("Files", expanded=not shown.entries or bool(shown.broken) or workshop_files.typing(), key="file-box"):
            workshop_files.panel(shown, recorder.begin)
        if shown.entries:
            _programme(shown, view)
            _play(page, shown, view)


def _address(page: str, view: WorkshopView) -> None:
    """The address with its button; where the files do not fit into it, that is said, and all of them can be saved."""
    files = workshop_files.files()
    fits = not files or bool(view.files)
    links.address(page, state.publish(page, view), lacks="" if fits else LACKS.format(files=plural(len(files), "file")))
    if not fits:
        st.download_button(
            "All files",
            lambda: archive.zipped(
                (name, text if isinstance(text, bytes) else text.encode("utf-8", "replace")) for name, text in files.items()
            ),
            "workshop-files.zip",
            "application/zip",
            key="all-files",
            on_click="ignore",
            help="A zip of all files, which this page opens",
        )


def _howto() -> None:
    """Both are made from the tables: nothing in them comes from a visitor."""
    template, guide = howto.template(), howto.guide()
    with st.container(horizontal=True, gap="small"):
        st.download_button("Save the template", template, "my-scenario.yaml", "application/yaml", on_click="ignore")
        st.download_button("Save the guide", guide, "how-to-write-a-scenario.md", "text/markdown", on_click="ignore")
    with st.container(height=430, width=720, border=False):
        st.markdown(guide)


def _programme(shown: Workshop, view: WorkshopView) -> None:
    """Which entry, and what can be done with all of them."""
    entry = shown.entries[view.item - 1]
    asks = any(step.predict for step in entry.scenario.steps)
    with st.container(key="programme", horizontal=True, vertical_alignment="center", gap="small"):
        if len(shown.entries) > 1:
            _choose(shown, view)
        if asks:
            st.session_state.predict = view.predict
            st.toggle("Predict first", key="predict", on_change=_predict, help="Hides the outcome until the question is answered")
        if view.answers:
            st.button("Forget my answers", key="forget", on_click=_forget, type="tertiary")
        st.space("stretch")
        if ROOMS.mounted:
            st.button("Open a room", key="open-room", on_click=_opened, help="People join by a code; you lead, and see their answers")
        st.button("Present", key="present", on_click=_presented, help="Large type, keys only; Escape leaves it")
        answers = {(n, key): answer for n, key, answer in view.answers}
        st.download_button(
            "Handout",
            lambda: handout(shown, _played(shown), answers),
            "handout.html",
            "text/html",
            key="handout",
            on_click="ignore",
            help="One page with every scenario and its diagram, your answers ticked",
        )
        st.download_button(
            "Workshop",
            lambda: archive.zipped(folder(shown, _played(shown), answers)),
            "workshop.zip",
            "application/zip",
            key="folder",
            on_click="ignore",
            help="A zip of offline pages, one for each scenario, with an index and the handout",
        )


def _choose(shown: Workshop, view: WorkshopView) -> None:
    labels = [
        f"{n}. {f'{e.stage}: ' if e.stage else ''}{e.title}" + (f" ({e.minutes} min)" if e.minutes else "")
        for n, e in enumerate(shown.entries, 1)
    ]
    st.session_state.item = view.item
    st.button("←", key="previous", on_click=_turn, args=(view.item - 1,), disabled=view.item == 1, help="Previous scenario")
    st.selectbox(
        "Scenario",
        list(range(1, len(labels) + 1)),
        format_func=lambda n: clean(labels[n - 1]) if n <= len(labels) else "",
        key="item",
        label_visibility="collapsed",
        width=430,
        on_change=lambda: _turn(st.session_state.item),
    )
    st.button("→", key="following", on_click=_turn, args=(view.item + 1,), disabled=view.item == len(labels), help="Next scenario")


def _turn(item: int) -> None:
    state.go(st.session_state.view.at(item))


def _predict() -> None:
    state.go(replace(st.session_state.view, predict=st.session_state.predict))


def _presented() -> None:
    state.go(replace(st.session_state.view, present=True))


def _opened() -> None:
    shown = workshop_files.shown()
    room.open_room(shown.title, {name: text for name, text in workshop_files.files().items() if isinstance(text, str)})


def _forget() -> None:
    state.go(replace(st.session_state.view, answers=()))


def _played(shown: Workshop) -> list[tuple[Entry, Run]]:
    return [(entry, cache.run(Case(entry.scenario, entry.settings))) for entry in shown.entries]


# ---------------------------------------------------------------- one entry


def _play(page: str, shown: Workshop, view: WorkshopView) -> None:
    entry = shown.entries[view.item - 1]
    with st.container():  # also if it is empty: the stepper below keeps its place
        _stale(shown, entry)
    if entry.note:
        show('<div class="note">{note}</div>', note=entry.note)

    def mount(run: Run) -> None:
        if view.predict and run.settings == entry.settings:
            classroom.show(run, view, len(shown.entries))
        else:
            stepper.show(run)

    try:
        scenario_page.draw(page, entry.scenario, view, title=entry.title, mount=mount, address=lambda: _address(page, view))
    except (NotLearned, BadEdit) as error:
        st.code(str(fault(entry.scenario, f"{entry.scenario.id}.yaml", error)), language=None)


def _stale(shown: Workshop, entry: Entry) -> None:
    """The file of what is shown has a problem: what is shown is older, and looks so."""
    sheet = next((s for s in shown.stale if s.name == entry.file or s.kind == "playlist"), None)
    if sheet is None or sheet.error is None:
        return
    first = sheet.error.problems[0]
    show(STALE, file=sheet.name, line=first.line, message=first.message)


def _present(page: str, shown: Workshop, view: WorkshopView) -> None:
    """Nothing but the story and the stepper; the keys do the rest."""
    entry = shown.entries[view.item - 1]
    show(PRESENTING, title=f"{view.item}. {entry.title}" if len(shown.entries) > 1 else entry.title, story=entry.scenario.story)
    classroom.show(cache.run(view.case(entry.scenario).plain), view, len(shown.entries))
    with st.container(key="present-address"):
        links.address(page, state.publish(page, view))
