"""A request as a curl command that can be pasted into a shell: everything quoted, nothing left to curl's own ideas."""

from __future__ import annotations

import shlex

from sandbox.core.wire import Request, split


def curl(request: Request) -> str:
    """The command, one option per line; '' for what curl cannot send (an app's own link, a zero byte)."""
    every = (request.url, request.method, request.body, *(text for pair in request.headers for text in pair))
    if split(request.url).scheme not in ("http", "https") or any("\0" in text for text in every):
        return ""
    lines = [f"curl --globoff --path-as-is {_quoted(request.url)}"]
    if request.method != ("POST" if request.body else "GET"):
        lines.append("--head" if request.method == "HEAD" else f"--request {_quoted(request.method)}")
    lines += [f"--header {_quoted(_header(name, value))}" for name, value in request.headers]
    if request.body:
        lines.append(f"--data-raw {_quoted(request.body)}")
    return " \\\n  ".join(lines)


def _header(name: str, value: str) -> str:
    """`Name: value`; `Name;` is curl's way of writing an empty header."""
    return f"{name}: {value}" if value else f"{name};"


def _quoted(text: str) -> str:
    """One word of a POSIX shell; characters that a terminal would act on are written out (`$'...'` of bash, zsh and POSIX 2024)."""
    if any((ord(c) < 32 and c != "\n") or 0x7F <= ord(c) < 0xA0 for c in text):
        return "$'" + "".join(_escaped(c) for c in text) + "'"
    return shlex.quote(text)


def _escaped(char: str) -> str:
    if char in "\\'":
        return f"\\{char}"
    if ord(char) < 32 or 0x7F <= ord(char) < 0xA0:
        return "".join(f"\\{byte:03o}" for byte in char.encode())
    return char
