"""Other signing keys for a live world: drawn, kept while tokens live, and never back to one of before."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest

from sandbox.core.wire import FORM
from sandbox.protocol.settings import Settings
from sandbox.protocol.tokens import decode
from sandbox.serve.banner import CHALLENGE, VERIFIER
from sandbox.serve.live import Live
from sandbox.serve.setup import CALLBACK, OPEN
from sandbox.serve.worlds import Worlds
from tests.support.live_worlds import ORIGIN, ask, says
from tests.support.real import parameters
from tests.support.visiting import Visitor


def kids(worlds: Worlds, live: Live) -> set[str]:
    """What is in the key set."""
    issuer = live.served.paths[live.served.world.issuer.name]
    return {key["kid"] for key in ask(worlds, f"{ORIGIN}{issuer}/jwks").json["keys"]}


def signed_in(worlds: Worlds, live: Live) -> dict[str, str]:
    """Alice signs in to the app; its tokens."""
    alice, asked = Visitor(worlds, ORIGIN), {"response_type": "code", "client_id": "app", "redirect_uri": CALLBACK, "scope": "openid"}
    asked |= {"code_challenge": CHALLENGE, "code_challenge_method": "S256"}
    code = parameters(alice.visit(f"{live.base}/auth/authorize?{urlencode(asked)}"))["code"]
    form = {"grant_type": "authorization_code", "client_id": "app", "code": code, "redirect_uri": CALLBACK, "code_verifier": VERIFIER}
    told: dict[str, str] = alice.ask("POST", f"{live.base}/auth/token", urlencode(form).encode(), ("Content-Type", FORM)).json
    return told


def test_other_keys_sign_when_the_owner_wants_it_and_that_is_drawn(worlds: Worlds, live: Live) -> None:
    before, known = signed_in(worlds, live), kids(worlds, live)
    old = {key.kid for key in live.served.world.issuer.core.keys}
    assert old < known, "the next keys are published before they sign"
    live.unsaved = False
    assert worlds.rotate(live).status == 204
    assert live.unsaved, "a store has to be told"
    assert any("other keys sign" in sentence for sentence in says(live))
    assert known < kids(worlds, live)
    after = signed_in(worlds, live)
    assert [decode(answer["id_token"]).header["kid"] in old for answer in (before, after)] == [True, False]
    assert decode(after["id_token"]).header["kid"] in known
    asked = [ask(worlds, f"{live.base}/auth/userinfo", authorization=f"Bearer {t['access_token']}").status for t in (before, after)]
    assert asked == [200, 200]


def test_after_a_change_of_settings_the_old_keys_are_still_published_and_never_sign_again(worlds: Worlds, live: Live) -> None:
    first = kids(worlds, live)
    worlds.rotate(live)
    both = kids(worlds, live)
    live.rebuild(live.settings.but({"as.pkce": "optional"}))
    assert kids(worlds, live) == both
    worlds.rotate(live)
    assert len(kids(worlds, live) - both) == len(both - first) == len(first) / 2
    assert live.served.world.issuer.key.kid in both - first, "the one that was published last time"


def test_another_design_and_back_does_not_bring_an_old_key_either(worlds: Worlds, live: Live) -> None:
    worlds.rotate(live)
    seen = kids(worlds, live)
    live.rebuild(Settings.of("jwt-done-properly"))
    worlds.rotate(live)
    live.rebuild(Settings.of("oauth-bcp", OPEN))
    worlds.rotate(live)
    assert live.served.world.issuer.key.kid not in seen


@pytest.mark.parametrize("profile", ["oauth-bcp", "jwt-done-properly"])
def test_a_world_that_is_opened_again_signs_with_the_keys_that_it_had_last(worlds: Worlds, profile: str) -> None:
    live = worlds.open(ORIGIN, Settings.of(profile, OPEN))
    worlds.rotate(live)
    signs = live.served.world.issuer.key.kid
    again = Live.again(live.blueprint(), worlds.clock)
    assert again.served.world.issuer.key.kid == signs


def test_where_a_secret_is_shared_there_are_no_keys_to_change(worlds: Worlds) -> None:
    live = worlds.open(ORIGIN, Settings.of("naive-jwt"))
    assert not live.has_keys
    assert worlds.rotate(live).status == 404
    assert live.keys.turns == 0
