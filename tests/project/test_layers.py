"""The shape of the tree: each package imports only from the packages below its own, and two libraries stay in their place.

The table is the architecture.  A package that is not in it fails here: put it where it belongs, or find out that it belongs nowhere.
"""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

from tests.support.paths import PACKAGE

ROWS = (  # from the ground up
    "core",
    "protocol",
    "world",
    "verbs",
    "language",
    "engine",
    "attacker",
    "studies",
    "reality",
    "views",
    "workshop",
    "serve",
    "room",
    "app",
    "cli",
)

ONLY_IN = {
    "streamlit": "app",
    "authlib.oauth2": "world.parties.authorization_server",
    "authlib.oidc": "world.parties.authorization_server",
    "authlib.integrations": "world.parties.authorization_server",
}

ALONE = ("__init__.py", "__main__.py", "py.typed", "README.md")  # beside the packages

MODULES = {".".join(p.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__"): p for p in sorted(PACKAGE.rglob("*.py"))}
MODULES.pop("__init__")
MODULES.pop("__main__", None)


@cache
def imports(path: Path) -> tuple[tuple[int, str], ...]:
    """Line and full name of all that a file imports, at its top, inside functions or for types only."""
    found: list[tuple[int, str]] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: relative import; write the full name"
            found += [(node.lineno, f"{node.module}.{alias.name}") for alias in node.names]
    return tuple(found)


def own(name: str) -> str | None:
    """The module of ours that is meant by `sandbox.x.y.Name`, if it is one."""
    parts = name.split(".")
    if parts[0] != "sandbox":
        return None
    return next((".".join(parts[1:n]) for n in range(len(parts), 1, -1) if ".".join(parts[1:n]) in MODULES), None)


def package(module: str) -> str:
    return module.split(".")[0]


def test_there_are_only_packages_and_each_has_a_row() -> None:
    there = {p.name for p in PACKAGE.iterdir() if p.name != "__pycache__"}
    assert there - set(ALONE) - {"scenarios"} == set(ROWS), "a new module belongs into a package, a new package into ROWS"


def test_a_package_imports_only_from_packages_below() -> None:
    for module, path in MODULES.items():
        for line, name in imports(path):
            other = own(name)
            if other is not None and package(other) != package(module):
                assert ROWS.index(package(other)) < ROWS.index(package(module)), (
                    f"{path}:{line}: sandbox.{module} may not import sandbox.{other}: its package is not in a row below; "
                    f"move what both need to the lower package, or pass it as an argument"
                )


def test_no_module_imports_itself_in_a_circle() -> None:
    below = {m: {o for _, name in imports(p) if (o := own(name)) and o != m} for m, p in MODULES.items()}
    packages = {m for m, p in MODULES.items() if p.name == "__init__.py"}  # they are imported before their modules, and import them
    rest = {m: {o for o in others if o in below and o not in packages} for m, others in below.items() if m not in packages}
    while free := {m for m, others in rest.items() if not others & set(rest)}:
        rest = {m: others for m, others in rest.items() if m not in free}
    assert not rest, f"these import each other: {sorted(rest)}"


def test_a_party_does_not_know_the_others() -> None:
    shared = {
        "limits",
        "memory",
        "people",
        "pages",
        "denylist",
        "logins",
        "signing_keys",
        "records",
        "browser",
        "client",
        "client_hosts",
        "web_client",
        "page_client",
        "native_client",
        "client_sender",
        "client_session",
        "id_tokens",
        "published_keys",
        "signature_check",
        "back_channel",
        "issuer",
        "cookies",
        "cors",
        "resource_metadata",
        "service_calls",
    }  # what several are made of
    made_of_others = {"bank", "importer", "tool_server"}
    for module, path in MODULES.items():
        parts = module.split(".")
        if parts[:2] != ["world", "parties"] or len(parts) < 3 or parts[2] in made_of_others:
            continue
        for line, name in imports(path):
            other = (own(name) or "").split(".")
            if other[:2] == ["world", "parties"] and len(other) > 2:
                assert other[2] in shared | {parts[2]}, f"{path}:{line}: {parts[2]} knows {other[2]}; they may only exchange messages"


def test_a_library_stays_in_its_place() -> None:
    for module, path in MODULES.items():
        for line, name in imports(path):
            for library, place in ONLY_IN.items():
                if name == library or name.startswith(f"{library}."):
                    assert f"{module}.".startswith(f"{place}."), f"{path}:{line}: only sandbox.{place} may import {library}"
