"""The command `oauth-sandbox play`: one plays the attacker of a scenario, or its defender, in a terminal, move by move.

Apart from `main.py` so that each file stays readable; `main.py` registers the command.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sandbox.cli.exits import FOUND
from sandbox.cli.given import find
from sandbox.cli.turns import asked, say
from sandbox.core.text import plural
from sandbox.views.terminal import Unusable, store

if TYPE_CHECKING:
    from sandbox.attacker.game import Choice, Game, Line
    from sandbox.attacker.question import Question
    from sandbox.engine.case import Case

HELP = "A number takes a move.  Enter: the moves again, h: a hint, k: what you know, b: take back, s FILE: save what you played, q: stop."


@click.command()
@click.argument("scenario")
@click.option("--profile", help="Play in this profile; the file's own setting does not apply then.")
@click.option("--set", "changes", multiple=True, metavar="SWITCH=VALUE", help="Change a switch; repeatable.")
@click.option("--defend", is_flag=True, help="Play the defender: turn switches until the attack is stopped, and nobody else.")
@click.option("--seed", type=int, default=0, show_default=True, help="Other keys and random values.")
def play(scenario: str, profile: str | None, changes: tuple[str, ...], defend: bool, seed: int) -> None:
    """Play the attacker of SCENARIO (an id or a file): its honest steps and her powers are given, none of her steps."""
    from sandbox.cli import search
    from sandbox.cli.defend import defended
    from sandbox.engine.case import Case

    story = find(scenario)
    question = search.asked(profile, changes, (), story, (), seed)
    if defend:
        defended(story, question.settings, seed)
    else:
        _attacked(question, Case(story, question.settings, seed))


def _attacked(question: Question, case: Case) -> None:
    from sandbox.attacker.game import Game

    _introduce(game := Game(question, case))
    shown = None
    while not game.over:
        if shown is not game.position:
            _show(game.lines())
        shown = game.position
        if not _turn(game):
            sys.exit(FOUND)
    say("\nYou have reached all that there is to reach.  s FILE saves it as a scenario; anything else ends.")
    words = asked()
    if words[:1] == ["s"]:
        _save(game, words)


def _introduce(game: Game) -> None:
    from sandbox.attacker.question import in_words

    say(f"You are Mallory.  {in_words(game.question)}")
    say(f"To reach: {_left(game)}.")
    say(f"{_honest(len(game.question.schedule))}  {HELP}")


def _honest(steps: int) -> str:
    if not steps:
        return "Nobody else does anything."
    return f"{'One honest step' if steps == 1 else plural(steps, 'honest step')} will happen when you say so."


def _left(game: Game) -> str:
    return "; ".join(game.wanted(t) for t in game.left)


def _show(lines: tuple[Line, ...]) -> None:
    from sandbox.attacker.game import GROUPS

    heading = ""
    for number, line in enumerate(lines, 1):
        if GROUPS[line.group] != heading:
            heading = GROUPS[line.group]
            say(f"\n{heading}")
        one = len(line.choices) == 1
        said = line.choices[0].say if one else f"{line.say} ({len(line.choices)} choices)"
        say(f"  {number:>2}. {said}")


def _turn(game: Game) -> bool:
    """One line of the player's; whether the game goes on."""
    words = asked()
    match words[:1]:
        case ["q"]:
            return False
        case []:
            _show(game.lines())
        case ["h"]:
            _hint(game)
        case ["k"]:
            say("\n".join(f"  {name}" for name in dict.fromkeys(v.name for v in game.position.known)) or "  Nothing that you could use.")
        case ["b"]:
            say("Taken back." if game.take_back() else "There is nothing to take back.")
        case ["s"]:
            _save(game, words)
        case [number] if number.isdecimal():
            _take(game, int(number))
        case _:
            say(HELP)
    return True


def _take(game: Game, number: int) -> None:
    lines = game.lines()
    if not 1 <= number <= len(lines):
        say(f"There is no {number}.")
        return
    choice = _chosen(lines[number - 1])
    if choice is None:
        return
    say(f"\n{choice.say}")
    left = game.left
    for told in game.take(choice).told:
        say(f"  {told}")
    if game.left and game.left != left:
        say(f"  Still to reach: {_left(game)}.")


def _chosen(line: Line) -> Choice | None:
    """The only choice of a line, or the one that the player picks; none if that is no number."""
    if len(line.choices) == 1:
        return line.choices[0]
    for number, choice in enumerate(line.choices, 1):
        say(f"    {number:>2}. {choice.say}")
    say("Which one?  A number; anything else: none of them.")
    words = asked()
    if len(words) == 1 and words[0].isdecimal() and 1 <= int(words[0]) <= len(line.choices):
        return line.choices[int(words[0]) - 1]
    say("Nothing done.")
    return None


def _hint(game: Game) -> None:
    from sandbox.attacker.game import NO_WAY, STORY
    from sandbox.core.clock import Stopwatch

    watch, known = Stopwatch(), game.lines()
    hint = game.hint(lambda: watch.seconds > 10)
    if (lines := game.lines()) != known:
        _show(lines)  # the story's own step is among them now
    say(NO_WAY if hint.far else f"{STORY if hint.told else ''}{hint.say}{_where(game, hint.say)}")


def _where(game: Game, said: str) -> str:
    """By which numbers a choice is taken, in brackets."""
    for number, line in enumerate(game.lines(), 1):
        for nth, choice in enumerate(line.choices, 1):
            if said in (choice.say, choice.chain[0].say if choice.chain else ""):
                return f"  ({number}, then {nth})" if len(line.choices) > 1 else f"  ({number})"
    return ""


def _save(game: Game, words: list[str]) -> None:
    if len(words) != 2:
        say("Write s and the name of a file.")
        return
    try:
        store(Path(words[1]), game.saved())
        say(f"wrote {words[1]}")
    except (ValueError, Unusable) as error:
        say(str(error))
