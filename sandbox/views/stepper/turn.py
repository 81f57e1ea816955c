"""“Your turn” as a document: what stands beside the diagram while somebody plays the attacker, and the diagram of what was played.

The diagram is that of the real record of the position.  What is offered is the game's: moves in groups, each a sentence; here only
their words are divided, so that what several have in common is said once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from sandbox.attacker.game import GROUPS, NO_WAY, STORY, Choice, Hint, Line, Position
from sandbox.attacker.moves import Group
from sandbox.attacker.question import in_words
from sandbox.attacker.taking import is_generated
from sandbox.attacker.turns import MOST, Outcome, Turns, name, outcome
from sandbox.core.text import plural
from sandbox.engine import simulation
from sandbox.engine.result import Run, Verdict
from sandbox.engine.verdict import refusal
from sandbox.protocol.cast import title
from sandbox.protocol.checks import CHECKS
from sandbox.protocol.trace import Checked, of
from sandbox.views.outcomes import SIGNS
from sandbox.views.stepper.view import document

Doc = dict[str, Any]

CROWD = 6  # choices of one line from which those that begin alike get a line of their own
ALIKE = 3  # how many of them that takes
RUN = 5  # words that sentences have in common from which on they are said once
MORE = "\u00a0…"  # stays on the line of what it ends
GO_ON, WAIT = "Let the others go on", "Wait"
CLOSED: dict[Group, str] = {  # what is said of a group in which nothing can be done
    "read": "Nothing leaks to you here.",
    "sign in": "You have no account here.",
    "lure": "In this story Alice opens no link of yours.",
    "redeem": "You hold no code, no refresh token and no password.",
}


def drawn(turns: Turns, parties: Sequence[str] = ()) -> Doc:
    """What the stepper shows of a position: its diagram, and under `turn` all that is beside it."""
    doc = document((played(turns.position, parties),))
    for moment in doc["panes"][0]["moments"]:
        if moment.get("attack") and is_hers(moment["step"], turns.position):
            moment["mine"] = True
    return doc | {"turn": beside(turns)}


def played(position: Position, parties: Sequence[str] = ()) -> Run:
    """The record of a position as a run; its steps are those that were taken, without the questions of the file."""
    run = simulation.so_far(position.stage, parties)
    steps = tuple(s.model_copy(update={"predict": None, "ask": ()}) for s in position.steps)
    story = run.scenario.model_copy(update={"steps": steps})
    return replace(run, case=replace(run.case, scenario=story))


def is_hers(step: str, position: Position) -> bool:
    """Whether a step of a position is a move of the player's."""
    return any(s.id == step and is_generated(s) for s in position.steps)


def beside(turns: Turns) -> Doc:
    """The game itself: goal, what came of the last choice, what can be done, what she knows, and how many moves that took."""
    position = turns.position
    return {
        "side": "attack",
        "powers": in_words(turns.game.question),
        "goals": [[sentence(turns.game.wanted(t)), t in position.reached] for t in turns.game.question.targets],
        "news": news(turns),
        "groups": list(groups(turns)),
        "closed": closed(turns),
        "known": known(position),
        "moves": turns.moves,
        "back": bool(turns.names),
        "full": f"{plural(MOST, 'choice')} are as many as a game has.  Take some back." if turns.full and turns.game.left else "",
        "sign": ".".join(turns.names) or "start",
    }


def sentence(text: str) -> str:
    """Some words as a sentence."""
    return f"{text[:1].upper()}{text[1:]}."


# ---------------------------------------------------------------- what came of the last choice


def news(turns: Turns) -> Doc | None:
    """What was done last, and what came of it: who refused, at which check, what was expected and found; or what was learned."""
    if not turns.said:
        return None
    return told(turns.position, turns.said[-1], outcome(turns.position))


def told(position: Position, did: str, came: Outcome) -> Doc:
    """The same of a position, and of what was done to come there."""
    return {"did": did, "told": list(position.told), "outcome": came} | _refused(position)


def _refused(position: Position) -> Doc:
    new = position.steps[len(position.before.steps) if position.before else 0 :]
    record = position.stage.record
    for step in reversed(new):
        stop = refusal(record, step.id)
        if stop is not None and stop.check:
            failed = [e for e in of(record.events, Checked, step.id) if (e.party, e.check, e.outcome) == (stop.party, stop.check, "fail")]
            looked = {"expected": failed[-1].expected, "found": failed[-1].found} if failed else {}
            said = {"who": title(stop.party), "check": stop.check, "answer": stop.answer, "sentence": CHECKS[stop.check].sentence}
            return {"refused": said | looked}
    return {}


def known(position: Position) -> list[list[Any]]:
    """What she holds, the newest first: what it is, what more is known of it, and whether she learned it just now."""
    before = {v.name for v in position.before.known} if position.before else set()
    names = dict.fromkeys(v.name for v in reversed(position.known))
    return [[*_parted(n), n not in before] for n in names]


def _parted(named: str) -> list[str]:
    """`the access token of Alice for Budget, scope read, …`, cut at its first comma."""
    head, _, rest = named.partition(", ")
    return [f"{head[:1].upper()}{head[1:]}", rest]


# ---------------------------------------------------------------- what can be done


def groups(turns: Turns) -> Iterator[Doc]:
    """The groups in their fixed order, but letting time pass, which seldom helps, comes last."""
    lines, tried = _lines(turns), turns.tried()
    for group, said in GROUPS.items():
        mine = [row for line in lines if line.group == group and not _waits(line) for row in rows(line, tried)]
        if mine:
            yield {"says": GO_ON if group == "wait" else said, "lines": mine}
    if waiting := [row for line in lines if _waits(line) for row in rows(line, tried)]:
        yield {"says": WAIT, "lines": waiting}


def closed(turns: Turns) -> list[str]:
    """Why nothing can be done in the groups that are not there."""
    lines = _lines(turns)
    return [why for group, why in CLOSED.items() if lines and not any(line.group == group for line in lines)]


def _lines(turns: Turns) -> Sequence[Line]:
    return () if turns.game.over or turns.full else turns.game.lines()


def _waits(line: Line) -> bool:
    """Whether a line only lets time pass; to let the honest people go on is more."""
    return line.group == "wait" and all(choice.chain for choice in line.choices)


def rows(line: Line, tried: dict[str, Any]) -> Iterator[Doc]:
    """A line as rows of choices: {says, choices: [[name, what differs, the whole sentence, what came of it before]]}."""
    for same in divided(line.choices):
        heading, texts = parted([c.say for c in same])
        choices = [[name(c), text, c.say, tried.get(name(c), "")] for c, text in zip(same, texts, strict=True)]
        yield {"says": f"{heading or line.say.rstrip(' .')}{MORE}" if len(same) > 1 else "", "choices": choices}


def divided(choices: Sequence[Choice], depth: int = 0) -> Iterator[list[Choice]]:
    """The choices of a line in parts: where they are many, those that have their first words up to a comma in common are one part."""
    if len(choices) <= CROWD or depth > 3:
        yield list(choices)
        return
    alike: dict[str, list[Choice]] = {}
    for choice in choices:
        alike.setdefault(", ".join(choice.say.split(", ")[: depth + 1]), []).append(choice)
    rest = [c for part in alike.values() if len(part) < ALIKE for c in part]
    if rest:
        yield rest
    for part in alike.values():
        if len(part) >= ALIKE:
            yield from divided(part, depth + 1)


def parted(sentences: Sequence[str]) -> tuple[str, list[str]]:
    """What these have in common, for a heading, and what each has of its own: `Mallory asks for GET /a … with the token`, `as she is`.

    In common are the first words, and the longest run of words later on that all of them have.
    """
    if len(sentences) < 2:
        return "", list(sentences)
    words = [s.rstrip(".").replace(",", " ,").split(" ") for s in sentences]
    first = _alike(words)
    for begun in (first, max(0, first - 1)):  # what is left of one of them may be nothing but the run
        rest = [w[begun:] for w in words]
        run = _run(rest) if begun else []
        own = [_joined(_without(w, run)) for w in rest]
        if all(own) and len(set(own)) == len(own):
            heading = _joined(words[0][:begun])
            return f"{heading}{MORE} {_joined(run)}" if run else heading, own
    return _joined(words[0][:first]), [_joined(w[first:]) for w in words]


def _alike(words: Sequence[Sequence[str]]) -> int:
    """With how many words all of these begin; none if it is but one, and each keeps one of its own."""
    most = min(map(len, words)) - 1
    same = next((i for i in range(most) if len({w[i] for w in words}) > 1), most)
    return same if same > 1 else 0


def _run(words: Sequence[Sequence[str]]) -> list[str]:
    """The longest run of words that all of these have, if it is worth saying once."""
    shortest = min(words, key=len)
    for length in range(len(shortest), RUN - 1, -1):
        for start in range(len(shortest) - length + 1):
            run = list(shortest[start : start + length])
            if all(_place(w, run) is not None for w in words):
                return run
    return []


def _place(words: Sequence[str], run: Sequence[str]) -> int | None:
    return next((i for i in range(len(words) - len(run) + 1) if list(words[i : i + len(run)]) == list(run)), None)


def _without(words: Sequence[str], run: Sequence[str]) -> list[str]:
    at = _place(words, run) if run else None
    return list(words) if at is None else [*words[:at], *words[at + len(run) :]]


def _joined(words: Sequence[str]) -> str:
    return " ".join(words).replace(" ,", ",").strip(" ,")


# ---------------------------------------------------------------- help, and the end


def hinted(turns: Turns, hint: Hint) -> Doc:
    """What a hint says, and the name of the choice that it means."""
    hint = turns.game.helped(hint)
    if hint.far:
        return {"say": NO_WAY, "name": ""}
    return {"say": f"{STORY if hint.told else ''}{hint.say}", "name": turns.hinted(hint)}


def reached(verdict: Verdict, file: str) -> Doc:
    """The end of a game: what the replay of what was played comes to, in the engine's own words, and its file."""
    sign = SIGNS[verdict.word]
    return {"word": sign.banner, "tone": sign.tone, "sentence": verdict.sentence, "file": file}


def unplayable(why: str, file: str) -> Doc:
    """The same where the replay does not come to what was seen."""
    return {"word": "Not replayed", "tone": "none", "sentence": f"What was played does not replay, a fault of ours: {why}.", "file": file}
