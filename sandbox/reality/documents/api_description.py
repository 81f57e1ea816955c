"""An API description (OpenAPI 3, Swagger 2): which way in each operation describes.  A description promises, it does not check."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sandbox.core.text import plural
from sandbox.reality.documents.paths import here, items, members, step, words
from sandbox.reality.finding import Evidence, Finding, found

METHODS = ("get", "put", "post", "delete", "patch", "head", "options", "trace")
WRITING = ("put", "post", "delete", "patch")
SWAGGER = {"accessCode": "authorizationCode", "application": "clientCredentials"}
Operation = tuple[str, str, str, dict[str, Any]]  # path in the document, method, path of the API, description


def is_description(data: dict[str, Any]) -> bool:
    """Whether an object describes an API."""
    return isinstance(data.get("paths"), dict) and ("openapi" in data or "swagger" in data)


def findings(data: dict[str, Any]) -> Iterator[Finding]:
    """What the description says about security."""
    base = "$.components.securitySchemes" if "openapi" in data else "$.securityDefinitions"
    schemes = (
        members(members(data.get("components")).get("securitySchemes")) if "openapi" in data else members(data.get("securityDefinitions"))
    )
    for name, scheme in schemes.items():
        yield from _scheme(step(base, str(name)), str(name), members(scheme))
    yield from _operations(data, schemes)
    for n, server in enumerate(items(data.get("servers"))[:20]):
        url = members(server).get("url")
        if isinstance(url, str) and url.startswith("http://") and "localhost" not in url:
            yield found("server_without_tls", f"The API is at {url}: tokens would travel without TLS", [here(f"$.servers[{n}].url", url)])


def _scheme(path: str, name: str, scheme: dict[str, Any]) -> Iterator[Finding]:
    kind = str(scheme.get("type", ""))
    if kind == "oauth2":
        flows = {str(k): f"{path}.flows.{k}" for k in members(scheme.get("flows"))}
        if isinstance(scheme.get("flow"), str):
            flows = {SWAGGER.get(scheme["flow"], scheme["flow"]): f"{path}.flow"}
        for flow, place in flows.items():
            row = {"implicit": "api_implicit", "password": "api_password", "authorizationCode": "api_code"}.get(flow)
            if row:
                yield found(row, f"{name}: OAuth 2.0 {flow} flow", [here(place)])
    elif kind == "apiKey":
        where = scheme.get("in")
        yield found("api_key", f"{name}: an API key in a {where}", [here(path)])
        if where == "query":
            yield found("api_key_in_query", f"{name}: the key is in the address, and so in every log", [here(f"{path}.in", "query")])
    elif kind == "basic" or (kind == "http" and str(scheme.get("scheme", "")).lower() == "basic"):
        yield found("api_basic", f"{name}: a password at each request", [here(path)])
    elif kind in ("http", "openIdConnect"):
        yield found("api_bearer", f"{name}: {scheme.get('scheme') or kind} tokens", [here(path)])


def _all(data: dict[str, Any]) -> Iterator[Operation]:
    for url, item in list(members(data.get("paths")).items())[:3000]:
        for method, operation in members(item).items():
            if method in METHODS and isinstance(operation, dict):
                yield f"{step('$.paths', str(url))}.{method}", method, str(url), operation


def _operations(data: dict[str, Any], schemes: dict[str, Any]) -> Iterator[Finding]:
    general, bare, either, scoped = data.get("security"), [], [], []
    secrets: list[Finding] = []
    for path, method, url, operation in _all(data):
        security = operation.get("security", general)
        wanted = [members(s) for s in items(security)]
        if not wanted or {} in wanted:
            bare.append((path, method, url))
        elif len(wanted) > 1:
            either.append((path, method, url, [str(next(iter(s), "")) for s in wanted]))
        scoped += [(f"{path}.security", w) for s in wanted for w in s.values() if words(w)]
        secrets += _in_query(path, method, url, operation, items(operation.get("parameters")))
    yield from _bare(bare, bool(schemes))
    if either:
        path, method, url, names = either[0]
        more = f", and {plural(len(either) - 1, 'more operation')}" if len(either) > 1 else ""
        yield found(
            "key_or_token",
            f"{method.upper()} {url} takes {' OR '.join(names)}: the weaker one decides{more}",
            [here(f"{p}.security") for p, *_ in either],
        )
    yield from secrets[:5]
    if scoped:
        names = sorted({w for _, ws in scoped for w in words(ws)})
        reading = [p for p, ws in scoped if ".get." in f"{p}." and any(w.startswith(("write", "admin")) for w in words(ws))]
        same = "; reading operations ask for writing ones, too" if reading else ""
        yield found("scopes", f"Scopes {', '.join(names[:12])}{same}", [here(p) for p in (reading or [p for p, _ in scoped])[:3]])


def _bare(bare: list[tuple[str, str, str]], any_scheme: bool) -> Iterator[Finding]:
    if not bare:
        return
    writing = [b for b in bare if b[1] in WRITING] or bare
    names = ", ".join(f"{m.upper()} {u}" for _, m, u in writing[:6])
    yield found(
        "unsecured_operations",
        f"No security, and no global one, for {plural(len(bare), 'operation')}: {names}",
        [Evidence(p) for p, *_ in writing],
    )


def _in_query(path: str, method: str, url: str, operation: dict[str, Any], parameters: list[Any]) -> list[Finding]:
    names = [str(p.get("name", "")) for p in map(members, parameters) if p.get("in") == "query"]
    if not any("passw" in n.lower() or n.lower() == "pwd" for n in names):
        return []
    return [
        found("password_in_query", f"{method.upper()} {url} takes {' and '.join(names)} as query parameters", [here(f"{path}.parameters")])
    ]
