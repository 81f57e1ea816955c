"""The exit codes of all commands: one table, which the README, `--help` and the tests read."""

from __future__ import annotations

from collections.abc import Iterator

WISHED, FOUND, WRONG, OPEN = 0, 1, 2, 3
MEANINGS = {
    WISHED: "as wished",
    FOUND: "found, false or failed",
    WRONG: "wrong usage, or a file that is broken or not there",
    OPEN: "the bound was not exhausted",
}

EXITS: dict[str, dict[int, str]] = {
    "run": {
        WISHED: "it ran; with `--expect`, to this verdict",
        FOUND: "with `--expect`: another verdict, or an edit that could not be made",
        WRONG: "no such scenario, setting or step; a broken file",
    },
    "check": {WISHED: "all claims are true", FOUND: "a claim is false", WRONG: "a file is broken or not there"},
    "matrix": {WISHED: "what is found is what the files claim", FOUND: "a claim differs", WRONG: "an attack cannot be read"},
    "audit": {
        WISHED: "no attack succeeds for certain; none of `--fail-on` that is not in `--baseline`",
        FOUND: "one does",
        WRONG: "no such setting, answer or attack; a broken file",
    },
    "inspect": {
        WISHED: "the files were read; none of `--fail-on` was found",
        FOUND: "with `--fail-on`: one was",
        WRONG: "no such file, finding or attack; a file that cannot be read",
    },
    "mask": {WISHED: "the masked file is written", WRONG: "no such file, or it cannot be read"},
    "search": {
        WISHED: "no way within the bound, which was exhausted",
        FOUND: "a way was found",
        WRONG: "no such setting, power, goal or attack; a broken file",
        OPEN: "no way was found, and the bound was not exhausted",
    },
    "play": {
        WISHED: "every goal was reached, or the defence holds",
        FOUND: "it was left before",
        WRONG: "no such scenario, or none with a goal; a broken file",
    },
    "serve": {
        WISHED: "it was stopped",
        FOUND: "it cannot listen, or the issuer does not answer",
        WRONG: "no such setting or option; a broken file",
    },
    "workshop": {WISHED: "the pages are written", WRONG: "something is broken or cannot be written; no page is"},
    "list": {WISHED: "printed", WRONG: "no such option"},
    "show": {WISHED: "printed", WRONG: "no such scenario; a broken file"},
    "switches": {WISHED: "printed", WRONG: "no such option"},
    "words": {WISHED: "printed", WRONG: "no such word or option"},
    "verbs": {WISHED: "printed", WRONG: "no such option"},
    "schema": {WISHED: "printed", WRONG: "no such option"},
    "howto": {WISHED: "printed", WRONG: "no such option"},
}


def words(command: str) -> str:
    """The exit codes of a command in one sentence, for its help."""
    return "Exit codes: " + "; ".join(f"{code}: {meaning}" for code, meaning in EXITS[command].items()).replace("`", "") + "."


def rows() -> Iterator[str]:
    """The table as Markdown."""
    yield "| command | " + " | ".join(f"{code}: {meaning}" for code, meaning in MEANINGS.items()) + " |"
    yield "|---" * (len(MEANINGS) + 1) + "|"
    for command, codes in EXITS.items():
        yield f"| `{command}` | " + " | ".join(codes.get(code, "–") for code in MEANINGS) + " |"
