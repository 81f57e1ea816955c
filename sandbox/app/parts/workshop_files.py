"""The files of a visitor's workshop: kept in the session, loaded, written, checked.  Their meaning is found out in `workshop/program.py`.

Nothing that was typed is lost: the text of every file is in the session from the moment in which the editor is left, also while it
is broken, also while another page is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import streamlit as st

from sandbox.app.parts import editor
from sandbox.core.text import clean, md
from sandbox.language import library, playlist
from sandbox.language.source import ScenarioError
from sandbox.studies.claims import Claim, check
from sandbox.views import howto, report
from sandbox.workshop import archive, program
from sandbox.workshop.program import Entry, Sheet, Workshop

NAME = "your-file.yaml"
LIST = "playlist.yaml"
TEMPLATE = "my-scenario.yaml"
EXAMPLE = Path(program.__file__).with_name("example_playlist.yaml")
CHECKED = "It is checked as you type. Whatever you type stays in this session."

Files = dict[str, str | bytes]


def files() -> Files:
    """Name -> text of this session's files, in order; bytes where a file is not text."""
    kept: Files = st.session_state.setdefault("workshop_files", {})
    return kept


def current() -> str:
    """The file in the editor."""
    name = str(st.session_state.get("workshop_file", ""))
    return name if name in files() else next(iter(files()), NAME)


def edition() -> int:
    """How often files were put here or taken away other than by typing."""
    return int(st.session_state.get("workshop_edition", 0))


def _changed() -> None:
    st.session_state.workshop_edition = edition() + 1
    st.session_state.workshop_typing = False


def typing() -> bool:
    """Whether somebody is at work in the editor: nothing was put here or taken away since."""
    return bool(st.session_state.get("workshop_typing", False))


def add(given: Mapping[str, str | bytes]) -> None:
    """Put files beside the others; one of the same name takes the place of the older."""
    files().update(given)
    for name in given:
        _good().pop(name, None)
    st.session_state.workshop_file = next((n for n, text in given.items() if _is_playlist(text)), next(iter(given), current()))
    _changed()


def replace_all(given: Mapping[str, str | bytes]) -> None:
    """Other files instead of these, which can be had back."""
    if files() and files() != given:
        st.session_state.workshop_before = dict(files())
    st.session_state.workshop_files = dict(given)
    st.session_state.workshop_file = next(iter(given), NAME)
    _good().clear()
    _changed()


def _is_playlist(text: str | bytes) -> bool:
    return isinstance(text, str) and playlist.looks_like(text)


# ---------------------------------------------------------------- what is shown of them


def _good() -> Files:
    """The last text of each file that had no problem."""
    kept: Files = st.session_state.setdefault("workshop_good", {})
    return kept


def shown() -> Workshop:
    """What the files show; of a file that is broken just now what it showed before."""
    good = _good()
    found = program.kept(files(), good)
    good.update({sheet.name: files()[sheet.name] for sheet in found.sheets if sheet.error is None})
    for name in good.keys() - files().keys():
        del good[name]
    return found


def together(entries: Sequence[Entry], item: int) -> int:
    """The number of the entry to show: the open file and the story on show are the same, if a file of the visitor's has the story.

    Whichever of the two was chosen last leads the other.
    """
    before: tuple[str, int] | None = st.session_state.get("workshop_pair")
    if before is not None and "workshop_file" not in st.session_state and before[0] in files():
        st.session_state.workshop_file = before[0]  # Streamlit forgets what is not drawn, as in the presenter's view
    file = current()
    if before is not None and file != before[0]:
        item = next((n for n, entry in enumerate(entries, 1) if entry.file == file), item)
    elif entries and entries[item - 1].file != file and (entries[item - 1].file or not _is_playlist(files().get(file, ""))):
        lists = (name for name, text in files().items() if _is_playlist(text))
        st.session_state.workshop_file = file = entries[item - 1].file or next(lists, file)
    st.session_state.workshop_pair = (file, item)
    return item


# ---------------------------------------------------------------- the panel


def panel(shown: Workshop, record: Callable[[], None]) -> None:
    """Editor and files on the left; loading, problems and claims on the right.  `record` begins a recording."""
    left, right = st.columns([1.55, 1], gap="medium")
    with left:
        _choose(shown)
        _editor(shown)
    with right:
        _load(record)
        _problems(shown)
        _claims(shown)


def _choose(shown: Workshop) -> None:
    """All files, each with what is wrong with it."""
    if len(shown.sheets) < 2:
        return
    labels = {s.name: _label(s) for s in shown.sheets}
    st.session_state.workshop_file = current()
    st.pills(
        "Files", list(labels), format_func=lambda n: md(labels.get(n, n)), key="workshop_file", label_visibility="collapsed", required=True
    )


def _label(sheet: Sheet) -> str:
    count = sheet.problems
    return f"✕ {sheet.name}, {count} problem{'s' if count > 1 else ''}" if count else f"✓ {sheet.name}"


def _editor(shown: Workshop) -> None:
    name = current()
    text, sheet = files().get(name, ""), _sheet(shown)
    problems = sheet.error.problems if sheet and sheet.error else ()
    shows = text if isinstance(text, str) else text.decode("utf-8", "replace")
    editor.show(name, shows, edition(), problems, f"Text of {clean(name)}", typed)
    with st.container(key="file-tools", horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(CHECKED)
        if files():
            st.download_button("Save", _content(current()), clean(current()), "application/yaml", key="save", on_click="ignore")
            _ask_to_remove(current())
        if "workshop_before" in st.session_state:
            st.button("Back to my own files", key="before", on_click=_before, type="tertiary")


def _content(name: str) -> bytes:
    text = files()[name]
    return text if isinstance(text, bytes) else text.encode("utf-8", "replace")


def typed(told: editor.Typed) -> None:
    """Keep the typed text, unless the file has been removed since; a session that has begun anew gets its file back."""
    if told.file not in files() and (told.edition < edition() or len(files()) >= archive.MAX_FILES):
        return
    files()[told.file[-archive.MAX_NAME :] or NAME] = told.text
    st.session_state.workshop_typing = True


def _ask_to_remove(name: str) -> None:
    """What removing it does to the playlists is said before, and they are kept whole."""
    with st.popover("Remove", key=f"removing-{edition()}", type="tertiary"):
        st.markdown(f"Remove **{md(name)}**?")
        for other, left in _lists_without(name).items():
            st.caption(LISTED[None if left is None else bool(left)].format(other=md(other)))
        st.caption("“Back to my own files” brings it back.")
        st.button("Remove it", key="remove", on_click=_remove, args=(name,))


LISTED = {
    True: "{other} shows it: its place there goes, too.",
    False: "{other} shows nothing else: that playlist goes, too.",
    None: "{other} shows it, in a form that is not changed by itself: it will have a problem there.",
}


def _lists_without(name: str) -> dict[str, str | None]:
    """Playlist -> its text without this file: '' if it shows nothing else, None if it has to be changed by hand."""
    names = {name, program.idents(n for n, text in files().items() if not _is_playlist(text)).get(name, name)}
    found: dict[str, str | None] = {}
    for other, text in files().items():
        if isinstance(text, str) and _is_playlist(text) and other != name:
            with suppress(ScenarioError):
                if any(item.scenario in names for item in playlist.loads(text, other)[0].items):
                    found[other] = playlist.without(text, names)
    return found


def _remove(name: str) -> None:
    st.session_state.workshop_before = dict(files())
    for other, left in _lists_without(name).items():
        if left:
            files()[other] = left
        elif left is not None:
            del files()[other]
    files().pop(name, None)
    _changed()


def _before() -> None:
    st.session_state.workshop_files = st.session_state.pop("workshop_before")
    _changed()


# ---------------------------------------------------------------- loading


def _load(record: Callable[[], None]) -> None:
    st.file_uploader(
        "Scenario files, a playlist, or a zip of them",
        ["yaml", "yml", "zip"],
        accept_multiple_files=True,
        key="upload",
        max_upload_size=1,
        on_change=_uploaded,
    )
    with st.container(key="starts", horizontal=True, gap="small"):
        st.button("Record", key="record", on_click=record, help="Choose who does what, and see it happen: it becomes a file")
        st.button("Start from an example", key="example", on_click=_example)
        st.button("Template", key="template", on_click=lambda: add({TEMPLATE: howto.template()}), help="A small scenario to change")
        st.button("Playlist", key="playlist", on_click=_playlist, help="A playlist of these files, or of an example")
    for refused in st.session_state.get("workshop_refused", ()):
        st.code(str(refused), language=None, wrap_lines=True)


def _uploaded() -> None:
    """Take what is new in the uploader; what was taken before and changed here since is left alone."""
    known: set[str] = st.session_state.setdefault("workshop_uploads", set())
    given = [f for f in st.session_state.upload or [] if f.file_id not in known]
    known.update(f.file_id for f in given)
    taken = archive.take(((f.name, f.getvalue()) for f in given), beside=len(files()))
    st.session_state.workshop_refused = taken.refused
    if taken.files:
        add({name: _text(raw) for name, raw in taken.files.items()})


def _text(raw: bytes) -> str | bytes:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw


def _example() -> None:
    """The first scenario of the example, as a file of the visitor's own."""
    first = playlist.loads(EXAMPLE.read_text(encoding="utf-8"), EXAMPLE.name)[0].items[0]
    add({NAME: library.get(first.scenario).source})


def _playlist() -> None:
    stories = [(s.name, s.title) for s in program.opened(files()).sheets if s.scenario]
    add({LIST: playlist.written(program.UNTITLED, stories) if stories else EXAMPLE.read_text(encoding="utf-8")})


# ---------------------------------------------------------------- problems and claims


def _sheet(shown: Workshop) -> Sheet | None:
    return next((s for s in shown.sheets if s.name == current()), None)


def _problems(shown: Workshop) -> None:
    """Each problem of the file in the editor with its line, a caret and the cure."""
    sheet = _sheet(shown)
    if sheet is None:
        return
    for problem in sheet.error.problems if sheet.error else ():
        st.code(str(problem), language=None, wrap_lines=True)
    if sheet.error and sheet.error.more:
        st.text(f"and {sheet.error.more} more")
    if sheet.error is None:
        st.text(f"No problems: {sheet.kind}, “{clean(sheet.title)}”.")


def _claims(shown: Workshop) -> None:
    """Try every claim of every file that loads, one file after the other; a click on Stop leaves the rest."""
    stories = [s for s in shown.sheets if s.scenario]
    if not stories:
        return
    done: dict[str, tuple[Claim, ...]] = st.session_state.setdefault("workshop_claims", {})
    if st.session_state.get("workshop_checking"):
        st.button("Stop", key="stop", on_click=_checking, args=(False,))
        bar = st.progress(0.0)
        for count, sheet in enumerate(stories):
            bar.progress(count / len(stories), f"Checking {md(sheet.name)}")
            assert sheet.scenario is not None
            if sheet.scenario.digest not in done:
                done[sheet.scenario.digest] = tuple(check(sheet.scenario))
        _checking(False)
        st.rerun()
    st.button("Check every claim", key="check", on_click=_checking, args=(True,), help="Runs each attack with each defence and belief")
    for sheet in stories:
        if sheet.scenario is not None and sheet.scenario.digest in done:
            lines = report.claim_words(sheet.name, done[sheet.scenario.digest])
            st.code("\n".join(line.plain for line in lines), language=None, wrap_lines=True)


def _checking(on: bool) -> None:
    st.session_state.workshop_checking = on
