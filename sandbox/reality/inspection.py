"""The whole way: files in, masked; findings, answers and a drawable record out.  Nothing is fetched, and nothing is kept here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import BinaryIO

from sandbox.core.text import clean
from sandbox.core.wire import split
from sandbox.reality import answers, joined, record
from sandbox.reality.finding import Finding, Unseen, shipped, worst
from sandbox.reality.masking import Masker, Secret
from sandbox.reality.reading import File, learn, understood
from sandbox.reality.recognition import Story
from sandbox.reality.record import Recorded
from sandbox.reality.unreadable import Unreadable

Tell = Callable[[str, int, int], None]  # the name of a file, bytes read, and bytes of all
MOST_FILES = 12


@dataclass(frozen=True)
class Inspection:
    """What was found in the files of one system.  Everything in it is masked."""

    files: tuple[File, ...]
    findings: tuple[Finding, ...]
    masked: tuple[Secret, ...]
    unseen: tuple[Unseen, ...]
    recorded: Recorded | None

    @property
    def answers(self) -> dict[str, tuple[str, ...]]:
        return answers.prefilled(self.findings)

    @property
    def worst(self) -> list[Finding]:
        return worst(self.findings)

    @property
    def story(self) -> Story | None:
        return next((f.story for f in self.files if f.story is not None), None)


def inspect(given: Sequence[tuple[str, BinaryIO]], tell: Tell | None = None) -> Inspection:
    """Everything that these files show.  Raises Unreadable, with the name of the file, and nothing from inside it."""
    if len(given) > MOST_FILES:
        raise Unreadable(f"at most {MOST_FILES} files describe one system")
    masker = Masker()
    files: list[File] = []
    for name, stream in given:
        shown = _another(clean(name, 80), [f.name for f in files])
        try:
            files.append(learn(shown, stream, masker, partial(tell, shown) if tell else None))
        except Unreadable as error:
            raise Unreadable(f"{shown}: {error}") from None
    masker.ready()
    done = [understood(file, masker) for file in files]
    findings = joined.joined(done)
    drawn = next((f for f in done if f.story is not None), None)
    recorded = record.recorded(drawn.story, [f for f in findings if drawn.name in f.files]) if drawn and drawn.story else None
    listed, unseen = masker.listed, _unseen(done, findings)
    masker.forget()
    return Inspection(tuple(done), findings, listed, unseen, recorded)


def _another(name: str, taken: Sequence[str]) -> str:
    """The name, with a number if a file before it is called the same: evidence says in which file it is."""
    more = (f"{name} ({n})" for n in range(2, MOST_FILES + 1))
    return name if name not in taken else next(n for n in more if n not in taken)


def _unseen(files: Sequence[File], findings: Sequence[Finding]) -> tuple[Unseen, ...]:
    """What such files cannot show, with the commands filled in; what was settled all the same is left out."""
    settled = {s.id for s in answers.said(findings) if s.drawer in ("follows", "refuted")}
    story = next((f.story for f in files if f.story is not None), None)
    words = _words(story)
    return tuple(
        u.model_copy(update={"curl": clean(_filled(u.curl, words), 500)}) for u in shipped().unseen if not set(u.answers) <= settled
    )


def _filled(curl: str, words: dict[str, str]) -> str:
    for name, value in words.items():
        curl = curl.replace(f"{{{name}}}", value.replace("'", "%27"))
    return curl


def _words(story: Story | None) -> dict[str, str]:
    """The addresses of this system for the commands; where one is not known, a word that says what belongs there."""
    words = {
        "api": "https://YOUR-API/",
        "authorize": "https://YOUR-SERVER/authorize",
        "token": "https://YOUR-SERVER/token",
        "redirect": "https://YOUR-APP/callback",
        "client": "YOUR-CLIENT",
        "client_origin": "https://YOUR-APP",
    }
    if story is None:
        return words
    for name, kinds in (("api", ("api",)), ("authorize", ("authorize",)), ("token", ("token", "refresh"))):
        first = next((e for e in story.exchanges if story.kind(e) in kinds), None)
        if first is not None:
            words[name] = first.request.url.partition("?")[0]
    asked = next((e for e in story.of("authorize")), None)
    if asked is not None:
        given = asked.query | asked.form
        words |= {k: v for k, v in (("redirect", given.get("redirect_uri", "")), ("client", given.get("client_id", ""))) if v}
    if story.parts.clients:
        url = split(words["redirect"])
        words["client_origin"] = f"{url.scheme}://{url.netloc}"
    return words
