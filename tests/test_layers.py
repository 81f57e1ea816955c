"""The shape of the tree: each module imports only from rows below its own, never sideways, and two libraries stay in their place.

The table is the architecture.  A module that is not in it fails here; put it where it belongs, or find out that it belongs nowhere.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "sandbox"

ROWS = (
    {"wire", "clock", "entropy", "cast", "marked", "exposure", "fields", "hidden"},
    {"trace", "switches", "curl", "archive", "terminal"},
    {"checks", "captions"},
    {"tokens", "grammar"},
    {"proofs", "flaws", "certificates", "edits", "faults"},
    {"network"},
    {"parties.limits"},
    {"parties.people", "parties.pages", "parties.denylist", "parties.records"},  # what several parties use
    {"parties.browser"},
    {"parties.client"},
    {"parties.client_hosts"},
    {"parties"},  # each other party is a unit of its own: parties.backend does not know parties.attacker
    {"parties.bank", "parties.importer"},  # made of other parties
    {"world", "scenario"},
    {"coherence"},
    {"loader"},
    {"run", "library", "verbs", "external", "playlist", "tables"},
    {"knowledge"},
    {"verdict", "references"},
    {"stage"},
    {"judge"},
    {"engine"},
    {"check", "matrix", "comparison", "defence_search", "costs", "questions", "workshop", "howto"},
    {"moments", "audit", "lab"},
    {"difference"},
    {"canvas", "render"},
    {"diagram", "report", "matrix_page"},
    {"audit_page"},
    {"stepper"},
    {"export", "har"},
    {"handout"},
    {"serve", "cli_matrix", "cli_audit", "cli_workshop"},
    {"ui"},
    {"cli_serve"},
    {"cli"},
)

ONLY_IN = {
    "streamlit": {"ui"},
    "authlib.oauth2": {"parties.authorization_server"},
    "authlib.oidc": {"parties.authorization_server"},
    "authlib.integrations": {"parties.authorization_server"},
}

MODULES = {".".join(p.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__"): p for p in sorted(PACKAGE.rglob("*.py"))}
MODULES.pop("__init__")


def height(unit: str) -> int:
    """The row of a unit; a party that has no row of its own is in the row of all parties."""
    return next(h for name in (unit, unit.split(".")[0]) for h, row in enumerate(ROWS) if name in row)


def unit(module: str) -> str:
    """The thing that imports and is imported: a module or a package; below `parties` one party."""
    parts = module.split(".")
    return ".".join(parts[:2]) if parts[0] == "parties" else parts[0]


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Line and full name of all that a file imports, at its top, inside functions or for types only."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: relative import; write the full name"
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def own(name: str) -> str | None:
    """The module of ours that is meant by `sandbox.x.y.Name`, if it is one."""
    parts = name.split(".")
    if parts[0] != "sandbox":
        return None
    return next((".".join(parts[1:n]) for n in range(len(parts), 1, -1) if ".".join(parts[1:n]) in MODULES), None)


@pytest.mark.parametrize("module", MODULES)
def test_a_module_has_a_row(module: str) -> None:
    assert module.split(".")[0] in set().union(*ROWS), f"sandbox.{module} is in no row of ROWS"


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_only_from_rows_below(module: str) -> None:
    me = unit(module)
    for line, name in imports(MODULES[module]):
        other = own(name)
        if other is None or unit(other) == me or (other == "parties" and me.startswith("parties.")):
            continue
        assert height(unit(other)) < height(me), (
            f"{MODULES[module]}:{line}: sandbox.{module} may not import sandbox.{other}: it is not in a row below"
        )


@pytest.mark.parametrize("module", MODULES)
def test_a_library_stays_in_its_place(module: str) -> None:
    for line, name in imports(MODULES[module]):
        for library, places in ONLY_IN.items():
            if name == library or name.startswith(f"{library}."):
                assert unit(module) in places, f"{MODULES[module]}:{line}: only {places} may import {library}"


def test_every_row_is_about_something_that_exists_or_is_planned() -> None:
    planned = {"exposure", "matrix", "report", "serve", "flaws", "comparison"}
    assert {name.split(".")[0] for name in set().union(*ROWS)} - planned <= {m.split(".")[0] for m in MODULES}
