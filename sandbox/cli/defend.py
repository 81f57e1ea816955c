"""`oauth-sandbox play --defend`: one turns switches in a terminal until an attack is stopped, and nobody else.

Apart from `play.py` so that each file stays readable.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from sandbox.cli.exits import FOUND
from sandbox.cli.turns import asked, say
from sandbox.views.terminal import Unusable, pairs

if TYPE_CHECKING:
    from sandbox.language.document import Scenario
    from sandbox.protocol.settings import Settings
    from sandbox.protocol.switches import Switch
    from sandbox.studies.defending import Defending, Stand

HELP = "SWITCH=VALUE or BUNDLE=on turns it.  l: the switches, l WORD: those with this word, b: take back, q: stop."
GOT_THROUGH = ("succeeded", "limited")
LEGEND = "  [value]: as it is now."


def defended(attack: Scenario, settings: Settings, seed: int) -> None:
    """Play until the defence holds, or the player leaves."""
    from sandbox.studies.defending import HOLDS, Defending

    say(f"You defend against: {attack.title}.  Stop it, and nobody else: {HELP}")
    game = Defending(attack, settings, seed)
    _stand(game)
    while not game.stand.holds:
        if not _turn(game):
            sys.exit(FOUND)
    say(HOLDS)


def _turn(game: Defending) -> bool:
    """One line of the player's; whether the game goes on."""
    match words := asked():
        case ["q"]:
            return False
        case ["b"]:
            _take_back(game)
        case ["l"] | ["l", _]:
            say("\n".join(_listed(game, words[1] if len(words) == 2 else "")))
        case [*changes] if changes and all("=" in word for word in changes):
            _change(game, changes)
        case _:
            say(HELP)
    return True


def _change(game: Defending, changes: list[str]) -> None:
    from sandbox.protocol.switches import UnknownSetting

    try:
        before, after = game.stand.settings, game.turn(pairs(changes)).settings
    except (UnknownSetting, Unusable) as error:
        say(str(error))
    else:
        if after == before:
            say("  That is how it was.")
        _stand(game)


def _take_back(game: Defending) -> None:
    if not game.take_back():
        say("There is nothing to take back.")
        return
    say("Taken back.")
    _stand(game)


def _stand(game: Defending) -> None:
    """What is turned, how she gets through, and what it comes to."""
    from sandbox.language import library
    from sandbox.studies import basis

    stand = game.stand
    if game.turned:
        say(f"  Turned: {', '.join(f'{name}={value}' for name, value in game.turned)}.")
    if stand.verdict.word in GOT_THROUGH:
        way = game.attack if stand.way == game.attack.id else library.get(stand.way)
        say(f"  Her way: {basis.told(way)}")
    say("\n".join(told(stand)))


def told(stand: Stand) -> Iterator[str]:
    """What a stand comes to, for people."""
    from sandbox.studies import basis
    from sandbox.studies.defending import OPEN_END

    yield f"  {basis.scripted(stand.verdict.word, stand.verdict.sentence, looked=stand.looked)}"
    if stand.broken:
        yield f"  No longer true: {'; '.join(title.removeprefix('Control: ') for title in stand.broken)}."
    if around := basis.around(stand.looked):
        yield f"  {around}"
    if stand.looked and not stand.looked.ways and not stand.looked.exhausted:
        yield f"  {OPEN_END}"


def _listed(game: Defending, word: str) -> Iterator[str]:
    from sandbox.protocol.switches import BUNDLES

    has = {s.name for s in game.switches()}
    word = word.lower()
    found: list[Switch] = [s for s in game.switches() if word in f"{s.name} {s.meaning}".lower()]
    bundles = {b: parts for b, parts in BUNDLES.items() if has.issuperset(parts) and word in f"{b} {' '.join(parts)}".lower()}
    if found:
        yield LEGEND
    for switch in found:
        now = game.stand.settings.value(switch.name)
        yield f"  {switch.name}={'|'.join(f'[{v}]' if v == now else v for v in switch.values)}  {switch.meaning}"
    for name, parts in bundles.items():
        yield f"  {name}=on  A bundle: {', '.join(f'{switch}={value}' for switch, value in parts.items())}."
    if not found and not bundles:
        yield f"  No switch has {word!r} in its name or meaning, and no bundle either."
