"""Does the wheel work on its own?  `python -m tests.tools.try_wheel`; not collected by pytest.

Builds it, installs it into a new environment, and there, in an empty folder: runs a command of each kind, every claim of every
scenario, and the app.  Exit code 1, and the output of the command, at the first that fails.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from tests.support.paths import ROOT
from tests.support.serving import free_port, serving

COMMANDS = (
    ("oauth-sandbox", "--version"),
    ("python", "-m", "sandbox", "list"),
    ("oauth-sandbox", "run", "code-pkce", "--html", "run.html", "--svg", "run.svg"),
    ("oauth-sandbox", "howto"),
    ("oauth-sandbox", "workshop", "--out", "workshop"),
    ("oauth-sandbox", "check"),
)
FILES = ("sandbox/py.typed", "sandbox/scenarios/flows/code-pkce.yaml", ".dist-info/licenses/LICENSE")


def run(*command: str | Path, folder: Path) -> None:
    """Run a command; end the program with its output if it fails."""
    done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))} failed in {folder}:\n{done.stdout}")


def built(folder: Path) -> Path:
    """The wheel, with the files that it must have."""
    run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", folder, ROOT, folder=folder)
    (wheel,) = folder.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    if missing := [file for file in FILES if not any(name.endswith(file) for name in names)]:
        sys.exit(f"{wheel.name} lacks {', '.join(missing)}")
    if strangers := {name.split("/")[0] for name in names if not name.startswith(("sandbox/", "oauth_sandbox-"))}:
        sys.exit(f"{wheel.name} would install {', '.join(sorted(strangers))} beside sandbox")
    return wheel


def main() -> None:
    os.environ.pop("PYTHONPATH", None)  # or the installed programs would find the package here
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        wheel, programs, empty = built(folder), folder / "venv" / "bin", folder / "empty"
        empty.mkdir()
        run(sys.executable, "-m", "venv", folder / "venv", folder=folder)
        run(programs / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", wheel, folder=folder)
        for program, *words in COMMANDS:
            run(programs / program, *words, folder=empty)
            print("ok:", program, *words)
        port = free_port()
        with serving([str(programs / "oauth-sandbox"), "--port", str(port)], port, empty) as url:
            print("ok: oauth-sandbox, the app at", url)
        print(f"{wheel.name} works on its own")


if __name__ == "__main__":
    main()
