"""The README cannot rot: its commands run, its scenario loads and is true, its picture and its files are there."""

from __future__ import annotations

import http.client
import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner
from streamlit import config

from sandbox.app.launcher import CONFIG
from sandbox.cli.main import main
from sandbox.serve.worlds import IDLE, MOST_IN_ROOMS, MOST_WORLDS
from tests.support.claims import checked_for_real
from tests.support.effort import LONG
from tests.support.paths import PACKAGE, ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
SERVERS = ("serve", "play")  # run until they are stopped; test_serve.py and test_play.py have them
OWN_FILES = ("inspect", "mask")  # want a file of one's own; test_inspect.py and test_mask.py have them
COMMANDS = re.findall(r"^oauth-sandbox (\S.*?)(?: {2,}#.*)?$", README, re.MULTILINE)


@pytest.mark.slow
@pytest.mark.parametrize("command", [pytest.param(c, marks=pytest.mark.slow) if c.startswith("audit") else c for c in COMMANDS])
def test_a_command_does_what_it_is_there_for(command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    words = shlex.split(command)
    words += ["--seconds", "600"] if words[0] == "search" else []  # its bound, not the load of this machine, is to end it
    if words == ["check"]:
        checked_for_real(monkeypatch, "code-pkce")
    elsewhere = words[0] == "audit" and not LONG  # half a minute, and tests/cli/test_audit.py runs the same
    result = CliRunner().invoke(main, [*words, "--help"] if words[0] in (*SERVERS, *OWN_FILES) or elsewhere else words)
    assert result.exit_code == 0, result.output
    assert result.output


def test_there_are_commands() -> None:
    assert {c.split()[0] for c in COMMANDS} == set(main.commands)


def test_the_scenario_is_one(tmp_path: Path) -> None:
    file = tmp_path / "anybody.yaml"
    file.write_text(re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)[0], encoding="utf-8")
    result = CliRunner().invoke(main, ["check", str(file)])
    assert result.exit_code == 0, result.output


def test_pictures_and_files_are_there() -> None:
    assert all((ROOT / path).is_file() for path in re.findall(r"!\[.*?\]\((.*?)\)", README))
    tree = README.partition("```text\n")[2].partition("```")[0]
    named = [name for name in re.findall(r"[a-z_/]+(?:\.py|/)", tree) if name != "test_<module>.py"]
    assert len(named) > 30
    for name in named:
        assert any((folder / name).exists() for folder in (ROOT, ROOT / "scenarios", ROOT / "tests", PACKAGE, *PACKAGE.iterdir())), name


@pytest.mark.parametrize("target", re.findall(r"^make (\w+)", README, re.MULTILINE))
def test_make_knows_what_the_readme_names(target: str) -> None:
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)


def test_the_first_screen_has_what_it_is_a_picture_and_the_two_commands() -> None:
    first = README[:1200]
    assert all(part in first for part in ("flight simulator", "![", "make run", "make test"))


# ---------------------------------------------------------------- the page on running a workshop

WORKSHOP = README.partition("## Running a workshop\n")[2].partition("\n## ")[0]


def test_what_the_workshop_page_says_of_worlds_is_so() -> None:
    assert IDLE == 60 * 60
    assert "forgotten an hour after its last use" in WORKSHOP
    assert f"at most {MOST_WORLDS}, and {MOST_IN_ROOMS} more that rooms have given out." in WORKSHOP


def test_what_the_workshop_page_says_of_settings_is_so() -> None:
    assert "usage statistics off" in WORKSHOP
    assert CONFIG["browser.gatherUsageStats"] is False
    assert "XSRF protection on (Streamlit's default)" in WORKSHOP
    assert "server.enableXsrfProtection" not in CONFIG
    assert config._config_options_template["server.enableXsrfProtection"].default_val is True
    assert f"uploads of at most {CONFIG['server.maxUploadSize']} MB" in WORKSHOP
    assert "no error details for visitors" in WORKSHOP
    assert CONFIG["client.showErrorDetails"] == "none"


def test_every_variable_that_the_workshop_page_names_is_one_that_streamlit_reads() -> None:
    names = re.findall(r"STREAMLIT_\w+", WORKSHOP)
    known = {option.env_var for option in config._config_options_template.values()}
    assert names
    assert set(names) <= known


@pytest.mark.parametrize(("origin", "status"), [("https://class.example", 101), ("https://evil.example", 403)])
def test_behind_a_proxy_that_passes_on_host_the_page_of_that_host_may_connect_and_no_other(app: str, origin: str, status: int) -> None:
    connection = http.client.HTTPConnection(app.removeprefix("http://"), timeout=60)
    connection.putrequest("GET", "/_stcore/stream", skip_host=True)
    wanted = {"Host": "class.example", "Origin": origin, "Upgrade": "websocket", "Connection": "Upgrade"}
    wanted |= {"Sec-WebSocket-Key": "x3JJHMbDL1EzLkh9GBhXDw==", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Protocol": "streamlit"}
    for name, value in wanted.items():
        connection.putheader(name, value)
    connection.endheaders()
    answer = connection.getresponse()
    connection.close()
    assert answer.status == status
