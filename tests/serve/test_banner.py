"""What is printed when the parties are served is enough to start."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest

from sandbox.core.clock import WallClock
from sandbox.protocol.settings import Settings
from sandbox.protocol.switches import PROFILES
from sandbox.serve import served as put_together
from sandbox.serve.banner import introduction, sections
from sandbox.serve.setup import NewClient
from tests.support.needs import need
from tests.support.paths import ROOT
from tests.support.real import Person, parameters

BASE = "http://127.0.0.1:9000"


@pytest.mark.parametrize("profile", PROFILES)
def test_what_is_printed_is_enough_to_start(profile: str) -> None:
    world = put_together(Settings.of(profile), BASE, clients=[NewClient("spa", "http://localhost:5173/")])
    text = "\n".join(introduction(world))
    assert "alice / wonderland" in text
    assert "curl http://127.0.0.1:9000/" in text
    assert ("spa / no secret, public / http://localhost:5173/" in text) == (world.world.settings.architecture == "oauth")
    assert isinstance(world.world.net.clock, WallClock)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("options", "api"),
    [
        (("--profile", "oauth-bcp"), 401),  # the APIs want DPoP proofs, and the printed lines say so
        (("--profile", "oauth-bcp", "--set", "rs.dpop=accept-both"), 200),
        (("--profile", "oauth-basic"), 200),
        (("--profile", "naive-jwt"), 200),
        (("--profile", "jwt-done-properly"), 200),
    ],
)
def test_the_printed_lines_work_from_top_to_bottom(options: tuple[str, ...], api: int) -> None:
    """Each is pasted into a shell; what one yields takes the place of CODE and ACCESS_TOKEN in those below it."""
    need("curl")
    command = [sys.executable, "-c", "from sandbox.cli.serve import serve; serve()", "--port", "0", "--quiet", *options]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        statuses, found = [], {"CODE": "", "ACCESS_TOKEN": ""}
        for line in map(str.strip, iter(process.stdout.readline, "")):
            if line.startswith("http") and "/authorize?" in line:
                found["CODE"] = parameters(Person().visit(line))["code"]
            if line.startswith("curl "):
                for name, value in found.items():
                    line = re.sub(rf"\b{name}\b", value, line)
                body, _, status = subprocess.run(
                    f"{line} -s -w '|%{{http_code}}'", shell=True, capture_output=True, text=True, check=True
                ).stdout.rpartition("|")
                statuses.append(int(status))
                found["ACCESS_TOKEN"] = json.loads(body).get("access_token", found["ACCESS_TOKEN"])
                if "/gateway/accounts" in line:
                    break
        process.terminate()
    pushed = [201] if options[1] == "oauth-bcp" else []
    assert statuses == [200, *pushed, *[200] * (len(statuses) - 3 - len(pushed)), api, api]
    assert len(statuses) == (5 if "oauth" in options[1] else 3) + len(pushed)


def test_where_requests_must_be_pushed_that_is_how_it_is_tried() -> None:
    text = "\n".join(introduction(put_together(Settings.of("oauth-bcp", {"as.par": "required", "client.bff": "off"}), BASE)))
    assert f"curl {BASE}/auth/par -d 'response_type=code&" in text
    assert "/authorize?response_type" not in text
    by_key = put_together(Settings.of("oauth-bcp", {"client.auth": "private_key_jwt"}), BASE)
    assert "budget / a key of its own / " in "\n".join(introduction(by_key))
    assert "/par" not in "\n".join(introduction(put_together(Settings.of("oauth-basic"), BASE)))


TOOLS = "Tools for an AI client (Model Context Protocol): it needs this address and finds out the rest"


@pytest.mark.parametrize(("changes", "says"), [({}, True), ({"tool_server.dpop": "accept-both"}, False), ({"rs.dpop": "off"}, False)])
def test_the_tools_say_where_they_are_where_their_metadata_are_and_which_tokens_they_want(changes: dict[str, str], says: bool) -> None:
    lines = dict(sections(put_together(Settings.of("oauth-bcp", changes), BASE)))[TOOLS]
    assert f"{BASE}/tool_server/mcp" in lines
    assert f"{BASE}/.well-known/oauth-protected-resource/tool_server/mcp" in lines
    assert any("pages in a browser only from this server or this machine" in line for line in lines)
    assert any("tool_server.dpop=accept-both" in line for line in lines) == says
    assert TOOLS not in dict(sections(put_together(Settings.of("naive-jwt"), BASE)))


def test_where_nobody_can_register_no_client_that_has_to_is_offered() -> None:
    there = put_together(Settings.of("oauth-bcp"), BASE, registration=False)
    assert "assistant" not in there.paths
    assert any("--client" in line for line in dict(sections(there))[TOOLS])
    assert "assistant" in put_together(Settings.of("naive-jwt"), BASE, registration=False).paths


def test_a_device_is_told_how_to_ask_for_its_token() -> None:
    """Each grant that a line begins is brought to its token by a later one."""
    text = "\n".join(introduction(put_together(Settings.of("oauth-bcp", {"as.device_flow": "on"}), BASE)))
    begun, asked = text.index("/device_authorization -d"), text.index("grant_type=urn:ietf:params:oauth:grant-type:device_code")
    assert begun < asked
    assert f"curl {BASE}/auth/token -d client_id=tv -d grant_type=urn:ietf:params:oauth:grant-type:device_code -d device_code=" in text
    assert "device_code" not in "\n".join(introduction(put_together(Settings.of("oauth-bcp", {"as.device_flow": "off"}), BASE)))


def test_the_same_lines_come_as_headings_for_a_page() -> None:
    world = put_together(Settings.of("oauth-basic"), BASE)
    told = dict(sections(world))
    assert list(told) == [
        "Who is where",
        "People (name / password)",
        "What it issues",
        "Clients (id / secret / redirect URIs)",
        "APIs may introspect (id / secret)",
        "Web apps to sign in to, in a browser",
        TOOLS,
        "For a second factor, acr_values=urn:connectsphere:acr:two-factor (name / secret for an authenticator app)",
        "Try it",
    ]
    assert told["People (name / password)"][0] == "alice / wonderland"
    printed = [line.strip() for line in introduction(world)]
    assert all(line in printed for lines in told.values() for line in lines)
