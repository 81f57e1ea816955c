"""Several files describe one system: what one half-says another may complete, and where they contradict each other is a finding."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from sandbox.reality.finding import Evidence, Finding, found
from sandbox.reality.reading import File
from sandbox.studies import questions

TOGETHER = (("password_only_at_as", "password_grant_not_offered", "no_password_grant"),)  # two halves from two files, and what they make


def joined(files: Sequence[File]) -> tuple[Finding, ...]:
    """All findings of all files, what follows from several of them together, and their contradictions."""
    every = [f for file in files for f in file.findings]
    if len(files) == 1:  # where there is only one, its name says nothing at a place
        return tuple(replace(f, evidence=tuple(replace(e, file="") for e in f.evidence)) for f in every)
    if len(files) > 1:
        every += [*_together(every), *_contradictions(every), *_issuers(files), *_keys(files)]
    return tuple(every)


def _together(findings: Sequence[Finding]) -> Iterator[Finding]:
    for one, other, made in TOGETHER:
        a, b = (next((f for f in findings if f.id == id), None) for id in (one, other))
        if a and b and a.files != b.files:
            yield replace(
                found(made, f"{a.says}, and {b.says[0].lower()}{b.says[1:]}", (*a.evidence, *b.evidence)), files=(*a.files, *b.files)
            )


def _contradictions(findings: Sequence[Finding]) -> Iterator[Finding]:
    for question in questions.shipped().questions:
        for answer in question.answers:
            id = f"{question.id}-{answer.id}"
            yes = next((f for f in findings if id in f.row.follows), None)
            no = next((f for f in findings if id in f.row.refutes and yes is not None and f.files != yes.files), None)
            if yes and no:
                yield _against(
                    f"“{answer.says}”: {yes.files[0]} shows it ({yes.says}), {no.files[0]} says the contrary ({no.says})", yes, no
                )


def _against(words: str, *both: Finding) -> Finding:
    return replace(found("contradiction", words, [e for f in both for e in f.evidence[:1]]), files=tuple(n for f in both for n in f.files))


def _issuers(files: Sequence[File]) -> Iterator[Finding]:
    """A recording whose answers or tokens name an issuer that no metadata file is about."""
    declared = {e.value: e for file in files for f in file.findings if f.id == "metadata_oauth" for e in f.evidence}
    seen = {e.value: e for file in files for f in file.findings if f.id == "iss_in_response" for e in f.evidence if e.value}
    if declared and seen and not declared.keys() & seen.keys():
        yield found(
            "contradiction",
            f"The recording is of {', '.join(seen)}, and the metadata are those of {', '.join(declared)}",
            [*seen.values(), *declared.values()],
        )


def _keys(files: Sequence[File]) -> Iterator[Finding]:
    """Tokens signed with a key that the key set does not have."""
    sets = [f for file in files if file.kind == "key set" for f in file.findings]
    listed = {e.value for f in sets for e in f.evidence if e.at.endswith(".kid")}
    stories = [file.story for file in files if file.story is not None]
    used = {str(t.header["kid"]) for s in stories for t in _tokens(s) if t.header.get("kid")}
    if listed and used and not used & listed:
        yield found(
            "contradiction",
            f"The tokens are signed with {', '.join(sorted(used))}, which the key set does not have",
            [Evidence("$.keys", file=file.name) for file in files if file.kind == "key set"],
        )


def _tokens(story: object) -> list:  # type: ignore[type-arg]
    from sandbox.reality.har import Source
    from sandbox.reality.recognition import Story
    from sandbox.reality.seen.look import Look

    return Look(story, Source()).tokens if isinstance(story, Story) else []
