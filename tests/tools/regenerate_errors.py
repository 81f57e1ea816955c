"""Write bad_scenarios/*.err anew.  Run `python -m tests.tools.regenerate_errors`, then read the difference: each message is text for people."""

from pathlib import Path

from sandbox.language.loader import loads
from sandbox.language.source import ScenarioError
from tests.support.paths import DATA

FOLDER = DATA / "bad_scenarios"


def message(path: Path) -> str:
    """What a broken file is told."""
    try:
        loads(path.read_bytes(), path.name)
    except ScenarioError as error:
        return f"{error}\n"
    return "no error\n"


if __name__ == "__main__":
    for path in sorted(FOLDER.glob("*.yaml")):
        path.with_suffix(".err").write_text(message(path), encoding="utf-8")
