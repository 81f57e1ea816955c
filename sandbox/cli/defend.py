"""`oauth-sandbox play --defend`: one turns switches in a terminal until an attack is stopped, and nobody else.

Apart from `play.py` so that each file stays readable.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from sandbox.cli.exits import FOUND
from sandbox.core.text import spelled
from sandbox.views.terminal import Unusable, pairs

if TYPE_CHECKING:
    from sandbox.language.document import Scenario
    from sandbox.protocol.settings import Settings
    from sandbox.protocol.switches import Switch
    from sandbox.studies.defending import Defending, Stand

HELP = "SWITCH=VALUE or BUNDLE=on turns it.  l: the switches, l WORD: those with this word, b: take back, q: stop."


def defended(attack: Scenario, settings: Settings, seed: int) -> None:
    """Play until the defence holds, or the player leaves."""
    from sandbox.studies.defending import Defending

    _say(f"You defend against: {attack.title}.  Stop it, and nobody else: {HELP}")
    game = Defending(attack, settings, seed)
    _say("\n".join(told(game.stand)))
    while not game.stand.holds:
        if not _turn(game):
            sys.exit(FOUND)
    _say("It holds.")


def _turn(game: Defending) -> bool:
    """One line of the player's; whether the game goes on."""
    click.echo("> ", nl=False)
    line = sys.stdin.readline()
    words = line.split() if line else ["q"]
    match words:
        case ["q"]:
            return False
        case ["b"]:
            _say("Taken back." if game.take_back() else "There is nothing to take back.")
        case ["l"] | ["l", _]:
            _say("\n".join(_listed(game, words[1] if len(words) == 2 else "")))
        case [*changes] if changes and all("=" in word for word in changes):
            _change(game, changes)
        case _:
            _say(HELP)
    return True


def _change(game: Defending, changes: list[str]) -> None:
    from sandbox.protocol.switches import UnknownSetting

    try:
        _say("\n".join(told(game.turn(pairs(changes)))))
    except (UnknownSetting, Unusable) as error:
        _say(str(error))


def told(stand: Stand) -> Iterator[str]:
    """What a stand comes to, for people."""
    from sandbox.studies import basis

    yield f"  {basis.scripted(stand.verdict.word, stand.verdict.sentence, looked=stand.looked)}"
    if stand.broken:
        yield f"  But this no longer works: {'; '.join(stand.broken)}."
    if around := basis.around(stand.looked):
        yield f"  {around}"


def _listed(game: Defending, word: str) -> Iterator[str]:
    found: list[Switch] = [s for s in game.switches() if word in f"{s.name} {s.meaning}"]
    for switch in found:
        now = game.stand.settings.value(switch.name)
        yield f"  {switch.name}={'|'.join(f'[{v}]' if v == now else v for v in switch.values)}  {switch.meaning}"
    if not found:
        yield f"  No switch has {word!r} in its name or meaning."


def _say(text: str) -> None:
    click.echo(spelled(text))
