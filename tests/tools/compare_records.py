"""Is every record the same as at another commit?  `python tests/tools/compare_records.py before`

Runs `oauth-sandbox run ID --json` for every shipped scenario, in its own setting and in each profile, here and in a checkout of the
other commit, and lists the records that differ.  Exit code 0 if none does, 1 otherwise.  The other commit may have another layout:
the command is found by the entry point that its own pyproject.toml names.  Not collected by pytest.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROFILES = ("", "naive-jwt", "jwt-done-properly", "oauth-basic", "oauth-bcp")  # "" is the file's own setting

RECORD = """
import contextlib, importlib, io, json, pathlib, sys, tomllib
entry = tomllib.loads(pathlib.Path("pyproject.toml").read_text())["project"]["scripts"]["oauth-sandbox"].split(":")
main = getattr(importlib.import_module(entry[0]), entry[1])
for name, profile in json.load(sys.stdin):
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        try:
            main(["run", name, "--json", *(["--profile", profile] if profile else [])])
        except SystemExit:
            pass
    sys.__stdout__.write(json.dumps([name, profile, out.getvalue()]) + "\\n")
"""


def wanted(tree: Path) -> list[tuple[str, str]]:
    """Scenario and profile of every run, from the files of that tree."""
    names = sorted(p.stem for p in (tree / "scenarios").glob("*/*.yaml"))
    return [(name, profile) for name in names for profile in PROFILES]


def records(tree: Path) -> dict[tuple[str, str], str]:
    """What `run --json` prints in that tree, by scenario and profile."""
    environment = os.environ | {"PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", RECORD],
        input=json.dumps(wanted(tree)),
        capture_output=True,
        text=True,
        cwd=tree,
        env=environment,
        check=True,
    )
    return {(name, profile): text for name, profile, text in map(json.loads, done.stdout.splitlines())}


def described(old: str, new: str) -> str:
    """The first place where two records differ, in a few words."""
    try:
        a, b = json.loads(old), json.loads(new)
    except ValueError:
        return f"{len(old)} and {len(new)} characters"
    return next(_places(a, b, ""), "only the order or the spelling")


def _places(a: object, b: object, path: str):
    if isinstance(a, dict) and isinstance(b, dict):
        for key in dict.fromkeys([*a, *b]):
            yield from _places(a.get(key), b.get(key), f"{path}.{key}")
    elif isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
        for n, (x, y) in enumerate(zip(a, b, strict=True)):
            yield from _places(x, y, f"{path}[{n}]")
    elif a != b:
        yield f"{path}: {str(a)[:60]} -> {str(b)[:60]}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("commit", help="what to compare with: a tag, a branch, a hash")
    other = parser.parse_args().commit
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "other"
        subprocess.run(["git", "worktree", "add", "--quiet", "--detach", str(tree), other], cwd=ROOT, check=True)
        try:
            before = records(tree)
        finally:
            subprocess.run(["git", "worktree", "remove", "--force", str(tree)], cwd=ROOT, check=True)
    now = records(ROOT)
    common = [key for key in before if key in now]
    different = [key for key in common if before[key] != now[key]]
    for key in different:
        print(f"differs: {key[0]} in {key[1] or 'its own setting'}: {described(before[key], now[key])}")
    for key in sorted(set(before) ^ set(now)):
        print(f"{'gone' if key in before else 'new'}: {key[0]} in {key[1] or 'its own setting'}")
    digest = hashlib.sha256("".join(now[key] for key in common).encode()).hexdigest()[:12]
    print(f"{len(common)} records compared with {other}: {len(different)} differ; sha256 of those here {digest}")
    return bool(different)


if __name__ == "__main__":
    raise SystemExit(main())
