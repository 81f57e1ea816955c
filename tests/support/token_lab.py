"""Tokens of a run for the token lab, and forged ones."""

from __future__ import annotations

import json

from sandbox.language import library
from sandbox.protocol.settings import Settings
from sandbox.protocol.switches import PROFILES
from sandbox.studies import token_lab

FLOW = next(s for s in library.flows() if all(token_lab.tokens_of(s, Settings.of(p)) for p in PROFILES))


def loaded(setting: Settings) -> tuple[str, str, str]:
    """A token of FLOW that an API accepts, the API, and the proof that goes with it."""
    number, api, proof = token_lab.sample(FLOW, setting)
    return token_lab.tokens_of(FLOW, setting)[number].token, api, proof


def forged(how: str, setting: Settings) -> token_lab.Ruling:
    """What that API says to the same token, signed in this way."""
    token, api, proof = loaded(setting)
    reading = token_lab.read(token)
    made = token_lab.make(json.dumps(reading.header), json.dumps(reading.claims), how, setting, token.rpartition(".")[2])
    return token_lab.verify(made, api, setting, FLOW, proof)
