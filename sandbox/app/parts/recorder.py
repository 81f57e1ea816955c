"""The page Workshop while somebody records a scenario: who does what is chosen beside the diagram, and told below it.

What can be done, and what becomes of it, is in `workshop/recording.py`; the column of moves is drawn by `app/frontend/turn.js`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Annotated, Any, Literal

import streamlit as st
from pydantic import Field, ValidationError

from sandbox.app.markup import problems, show
from sandbox.app.parts import stepper, workshop_files
from sandbox.attacker.question import Target
from sandbox.core.forms import Form
from sandbox.core.text import md, plural
from sandbox.language import powers
from sandbox.language.source import ScenarioError
from sandbox.protocol.settings import Settings
from sandbox.protocol.switches import PROFILES, SWITCHES
from sandbox.studies.claims import check
from sandbox.views import report
from sandbox.views.stepper import turn
from sandbox.workshop import archive, recording
from sandbox.workshop.recording import Asked, Blocking, Recording, Told

KEY = "recorder"  # of the session, and of the component
FILE = "recorded.yaml"
TICK, BATCH = 0.1, 5  # seconds between two batches of runs, in which clicks get their turn; runs of a batch
USUAL = ("oauth-basic", ("account", "log.accounts"))  # the profile and the powers of a new recording
PRESET = {"client.code_flow": "on"}  # stories are told of the code flow: the implicit flow is refused by every later design
TITLE = '<div class="title"><h1>Record a scenario</h1><p>{about}</p></div>'
ABOUT = "Choose who does what. Every move goes to the real parties, and the story becomes a file."
LACKS = "Your words are too many for a link, and so it has the moves alone. Put the recording beside your files, and save them as a zip."
WORDS = "words.json"  # in the link
TELLING = ("title", "story", "lesson", "refs")  # of the whole story, by the keys of their fields
LINK = re.compile(
    r"([\w-]{1,40})~([\w.,]{0,600})~((?:[a-z2-7]{6}(?:\.|(?=~)|$)){0,60})(?:~([\w-]*))?", re.ASCII
)  # profile, powers, moves, words


@dataclass
class Recorder:
    """One visitor's recording, and how far the looking for what blocks it is."""

    story: Recording
    looking: Iterator[Blocking] | None = None
    looked: Blocking | None = None
    sign: str = ""  # what the looking was about
    heard: int = 0
    made: str = ""
    wrong: list[str] = field(default_factory=list)


def on() -> bool:
    """Whether somebody records here."""
    return isinstance(st.session_state.get(KEY), Recorder)


def begin() -> None:
    """A new recording, in the usual setting."""
    st.session_state[KEY] = Recorder(_new(*USUAL))


def link() -> str:
    """The moves, their setting and the author's words as a word of the address, so that they outlive a reload."""
    story = st.session_state[KEY].story
    moves = f"{story.settings.profile}~{','.join(story.powers)}~{'.'.join(story.names)}"
    words = packed(story, _whole())
    return f"{moves}~{words}" if words else moves


def lacks() -> str:
    """What a link would leave out."""
    story = st.session_state[KEY].story
    whole = _whole()
    return LACKS if (story.says or story.asks or whole) and not packed(story, whole) else ""


def packed(story: Recording, whole: Mapping[str, str]) -> str:
    """The author's words as a word of a link; '' if there are none, or too many."""
    if not (story.says or story.asks or whole):
        return ""
    asks = {step: [asked.question, asked.accepted, asked.refused] for step, asked in story.asks.items()}
    return archive.pack({WORDS: json.dumps({"says": story.says, "asks": asks, "whole": dict(whole)}, ensure_ascii=False)})


class Words(Form):
    """What a link has of the author's words, read as hostile input."""

    says: dict[str, Annotated[str, Field(max_length=400)]]
    asks: dict[str, Annotated[list[Annotated[str, Field(max_length=300)]], Field(min_length=3, max_length=3)]]
    whole: dict[Literal[TELLING], Annotated[str, Field(max_length=600)]]  # type: ignore[valid-type]


def _words(word: str) -> Words | None:
    try:
        return Words.model_validate_json(archive.unpack(word)[WORDS])
    except (archive.BadPack, KeyError, ValidationError):
        return None


def _whole() -> dict[str, str]:
    """What the author says of the whole story."""
    told = {key: str(st.session_state.get(f"record-{key}", "")) for key in TELLING}
    return {key: text for key, text in told.items() if text.strip()}


def _say(story: Recording, words: Words) -> None:
    """Take the words of a link, as far as their steps are there."""
    steps = {step.id for step in story.taken()}
    for step, text in words.says.items():
        if step in steps:
            story.say(step, text)
    for step, asked in words.asks.items():
        if step in steps and all(part.strip() for part in asked):
            story.question(step, Asked(*asked))
    for key, text in words.whole.items():
        st.session_state[f"record-{key}"] = text


def resumed(word: str) -> list[str]:
    """Go on with the recording of a link, as far as its moves are possible; what is wrong with it."""
    found = LINK.fullmatch(word)
    can = tuple(dict.fromkeys(filter(None, found[2].split(",")))) if found else ()
    if found is None or found[1] not in PROFILES or not set(can) <= set(powers.POWERS):
        return ["The recording in the link cannot be read."]
    names = [each for each in found[3].split(".") if each]
    recorder = st.session_state[KEY] = Recorder(_new(found[1], can))
    done = recorder.story.go(names)
    words = _words(found[4]) if found[4] else None
    if words is not None:
        _say(recorder.story, words)
    if found[4] and words is None:
        return ["The words of the recording in the link cannot be read; its moves are here."]
    return [] if done == len(names) else [f"The link has {plural(len(names), 'move')}; it can be followed for {done}."]


def _new(profile: str, can: tuple[str, ...]) -> Recording:
    settings = Settings.of(profile)
    fitting = {name: value for name, value in PRESET.items() if settings.architecture in SWITCHES[name].applies}
    return Recording(settings.at_least(fitting), can)


def draw(address: Callable[[], None]) -> None:
    """The whole page below the navigation."""
    recorder: Recorder = st.session_state[KEY]
    story = recorder.story
    _hear(story)
    problems()
    with st.container(key="board", gap="xsmall"):
        with st.container(key="head", horizontal=True, vertical_alignment="center", gap="small"):
            show(TITLE, about=ABOUT)
            address()
        _setting(recorder)
        stepper.component(stepper.packed(recording.drawn(story) | {"ack": recorder.heard}), f"{KEY}-stepper", _happened)
    if story.taken():
        _telling(recorder)


def _hear(story: Recording) -> None:
    """What was just written, before the link is made of it."""
    for step in story.taken():
        if (said := st.session_state.get(f"record-say-{step.id}")) is not None:
            story.say(step.id, said if said != step.say else "")
        asked = [str(st.session_state[key]).strip() for letter in "qyn" if (key := f"record-{letter}-{step.id}") in st.session_state]
        if len(asked) == 3:
            story.question(step.id, Asked(*asked) if all(asked) else None)


def _leave() -> None:
    st.session_state.pop(KEY, None)


# ---------------------------------------------------------------- the setting


def _setting(recorder: Recorder) -> None:
    story = recorder.story
    with st.container(key="record-setting", horizontal=True, vertical_alignment="bottom", gap="small"):
        st.session_state["record-profile"] = story.settings.profile
        st.selectbox("Design", list(PROFILES), format_func=lambda p: PROFILES[p].title, key="record-profile", on_change=_again, width=240)
        st.session_state["record-powers"] = list(story.powers)
        st.multiselect(
            "What Mallory can do, beside sending messages",
            list(powers.POWERS),
            format_func=powers.sentence,
            key="record-powers",
            on_change=_again,
            width=520,
        )
        st.button("Back to the files", key="record-leave", on_click=_leave)


def _again() -> None:
    """The same moves in another setting, as far as they are possible there."""
    recorder: Recorder = st.session_state[KEY]
    before = recorder.story
    story = _new(st.session_state["record-profile"], tuple(st.session_state["record-powers"]))
    done = story.go(before.names)
    lost = len(before.names) - done
    recorder.wrong = [f"The last {plural(lost, 'move')} cannot be made in this setting, and so they are gone."] if lost else []
    for step, text in before.says.items():
        story.say(step, text)
    for step, asked in before.asks.items():
        story.question(step, asked)
    recorder.story = story


# ---------------------------------------------------------------- the moves


def _happened() -> None:
    events = getattr(st.session_state.get(f"{KEY}-stepper"), "events", None)
    for event in events[: stepper.LONGEST] if isinstance(events, list) else ():
        take(st.session_state[KEY], event)


def take(recorder: Recorder, event: object) -> None:
    """Do what the visitor chose, once; what means nothing changes nothing."""
    number = event.get("seq") if isinstance(event, dict) else None
    if not isinstance(event, dict) or type(number) is not int or number <= recorder.heard:
        return
    recorder.heard = number
    if event.get("event") != "turn":
        return
    recorder.wrong = []
    match event.get("do"):
        case "take" if isinstance(event.get("name"), str):
            recorder.story.take(event["name"])
        case "back":
            recorder.story.undo()


# ---------------------------------------------------------------- the author's words


def _telling(recorder: Recorder) -> None:
    """Sentences and questions of the steps; title, goal and what blocks it; and the file."""
    for problem in recorder.wrong:
        show('<div class="problem">{problem}</div>', problem=problem)
    left, right = st.columns([1.35, 1], gap="medium")
    with left:
        st.subheader("What happens, in your words", anchor=False)
        for number, step in enumerate(recorder.story.taken(), 1):
            _sentence(recorder.story, number, step.id, step.say)
    with right:
        st.subheader("The file", anchor=False)
        told = _told()
        goals = _goals(recorder.story)
        text = recorder.story.as_scenario(told, goals)
        chosen = _blockers(recorder, text) if goals else []
        _file(recorder, recorder.story.as_scenario(told, goals, chosen), bool(goals))


def _sentence(story: Recording, number: int, step: str, usual: str) -> None:
    """A step's sentence, and the question that is asked before it."""
    with st.container(key=f"record-step-{number}", horizontal=True, vertical_alignment="bottom", gap="small"):
        said = st.text_input(f"Step {number}", story.says.get(step, usual), max_chars=400, key=f"record-say-{step}")
        story.say(step, said if said != usual else "")
        asked = story.asks.get(step)
        with st.popover("Question ✓" if asked else "Question", key=f"record-ask-{step}"):
            question = st.text_input("Asked before this step", asked.question if asked else "", max_chars=240, key=f"record-q-{step}")
            accepted = st.text_input(
                "The answer if nothing is refused", asked.accepted if asked else "Yes", max_chars=300, key=f"record-y-{step}"
            )
            refused = st.text_input(
                "The answer if something is refused", asked.refused if asked else "No", max_chars=300, key=f"record-n-{step}"
            )
            whole = all(part.strip() for part in (question, accepted, refused))
            story.question(step, Asked(question.strip(), accepted.strip(), refused.strip()) if whole else None)


def _told() -> Told:
    title = st.text_input("Title", max_chars=120, key="record-title", placeholder="A recorded story")
    about = st.text_area("What it is about, in one or two sentences", max_chars=400, key="record-story", height=68)
    lesson = st.text_area("What to take home", max_chars=600, key="record-lesson", height=68)
    refs = st.text_input("Where it is written", key="record-refs", placeholder="RFC 9700 §4.10.2, RFC 6750 §5.2", max_chars=300)
    return Told(title, about, lesson, tuple(part.strip() for part in refs.split(",") if part.strip()))


def _goals(story: Recording) -> list[Target]:
    """The goals that count, of those that she has reached."""
    names = {str(target): target for target in story.goals()}
    if not names:
        st.caption("Mallory has reached nothing yet: as it stands, this is a flow, in which nobody is after anything.")
        return []
    shown = st.multiselect(
        "What Mallory is after, of all that she has reached",
        list(names),
        default=list(names)[:1],
        format_func=lambda name: turn.sentence(story.game.wanted(names[name])),
        key=f"record-goals-{'.'.join(names)}",
    )
    return [names[name] for name in shown]


# ---------------------------------------------------------------- what blocks it


def _blockers(recorder: Recorder, text: str) -> list[Mapping[str, Any]]:
    """What blocks it, looked for on a click; the visitor chooses what the file claims."""
    if recorder.sign != _sign(recorder, text):
        recorder.looking = recorder.looked = None
    st.button("What would block this?", key="record-look", on_click=_look, args=(recorder, text), disabled=recorder.looking is not None)
    if recorder.looking is not None:
        st.fragment(_go_on, run_every=TICK)(recorder)
        return []
    found = recorder.looked
    if found is None:
        st.caption("An attack names at least one defence that blocks it: look for one.")
        return []
    if not found.found:
        st.caption("Nothing that was tried blocks it and leaves honest use whole.")
        return []
    names = {" + ".join(f"{n}={v}" for n, v in each["switches"].items()): each for each in found.found}
    shown = st.multiselect(
        "What blocks it, and stands in the file",
        list(names),
        default=list(names)[:1],
        format_func=lambda name: md(f"{name}: {names[name]['because']}"),
        key=f"record-blocks-{recorder.sign}",
    )
    return [names[name] for name in shown]


def _sign(recorder: Recorder, text: str) -> str:
    """What the looking depends on: the moves, the setting and the goals, and none of the author's words."""
    goal = text.partition("\ngoal:")[2]
    return "|".join((".".join(recorder.story.names), recorder.story.settings.profile, goal))


def _look(recorder: Recorder, text: str) -> None:
    recorder.sign, recorder.looked, recorder.looking = _sign(recorder, text), None, recorder.story.blockers(text)


def _go_on(recorder: Recorder) -> None:
    """A few runs more, and how far it is; the whole page is drawn anew once it is over."""
    if recorder.looking is None:
        st.rerun()
    steps = list(islice(recorder.looking, BATCH))
    recorder.looked = steps[-1] if steps else recorder.looked
    if len(steps) < BATCH:
        recorder.looking = None
        st.rerun()
    last = steps[-1]
    st.progress(min(1.0, last.tried / max(1, last.total)), f"{last.tried} of {last.total} tried, {len(last.found)} found")


# ---------------------------------------------------------------- the file


def _file(recorder: Recorder, text: str, attack: bool) -> None:
    with st.expander("The file so far"):
        st.code(text, language="yaml", wrap_lines=True)
    st.button("Check it, and put it beside my files", key="record-keep", type="primary", on_click=_keep, args=(recorder, text))
    if recorder.made == text:
        for problem in recorder.wrong:
            st.code(problem, language=None, wrap_lines=True)


def _keep(recorder: Recorder, text: str) -> None:
    """The file goes to the others, if all of its claims are true; what is not is said."""
    recorder.made, recorder.wrong = text, list(faults(text))
    if not recorder.wrong:
        name = next(n for i in range(1, 99) if (n := FILE if i == 1 else f"recorded-{i}.yaml") not in workshop_files.files())
        workshop_files.add({name: text})
        _leave()


def faults(text: str) -> Iterator[str]:
    """What `check` has against a file."""
    try:
        scenario = recording.opened(text)
    except ScenarioError as error:
        yield str(error)
        return
    claims = check(scenario)
    if any(not claim.ok for claim in claims):
        yield "\n".join(line.plain for line in report.claim_words(FILE, claims))
