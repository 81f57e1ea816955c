"""Files of version 0.1.0 whose profile was weaker then: what to write in their setting, found by running."""

from __future__ import annotations

from collections.abc import Mapping

from sandbox.engine import simulation
from sandbox.engine.case import Case
from sandbox.language.reading import read
from sandbox.language.source import Source

PROFILES: dict[str, dict[str, str]] = {  # the values that profiles had in 0.1.0 and have no longer
    "naive-jwt": {
        "as.signing": "shared-word",
        "client.token_in_header": "off",
        "rs.alg_policy": "trust-header",
        "rs.verify_behind_gw": "off",
        "gw.verify_token": "off",
    },
    "jwt-done-properly": {
        "as.rt_rotation": "off",
        "as.refresh_tokens": "off",
        "as.session_index": "off",
        "as.min_claims": "off",
        "rs.live_roles": "off",
        "rs.log_redaction": "off",
    },
    "oauth-basic": {"as.exact_redirect": "off", "client.token_in_header": "off", "client.validate_id_token": "off"},
    "oauth-bcp": {"client.bff": "off"},
}


def cure(own: Case) -> str:
    """Which switches make the file true again, and where they belong; '' if the profile is not the reason."""
    old = {n: v for n, v in PROFILES.get(own.settings.profile, {}).items() if n not in dict(own.settings.changes)}
    if not old or not _true(own, old):
        return ""
    for name in list(old):
        fewer = {n: v for n, v in old.items() if n != name}
        old = fewer if _true(own, fewer) else old
    line = read(Source(own.scenario.id, own.scenario.source))[0].find(("setting", "profile"))[0]
    added = ", ".join(f"{n}: {v}" for n, v in old.items())
    return f"line {line}: add `{added}` to the switches of the setting; the profile {own.settings.profile} had that in 0.1.0"


def _true(own: Case, switches: Mapping[str, str]) -> bool:
    """Whether the story goes as it is told with these switches: the flow completes, or every goal is reached."""
    changed = own.under(own.settings.but(switches))
    verdict = simulation.run_case(changed).verdict
    return verdict.word == "completed" if own.scenario.is_flow else all(goal.reached for goal in verdict.predicates)
