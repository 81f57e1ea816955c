"""Whatever is sent to whatever endpoint of whatever party: an answer, soon, that is no 5xx and says what was wrong."""

from __future__ import annotations

import pytest

from sandbox.core.wire import Request
from tests.support.cost import bounded
from tests.support.dice import dice
from tests.support.fuzzing import SEED, VARIANTS, Requests, arena, share, sound
from tests.support.worlds import sign_in, world

pytestmark = pytest.mark.slow

FRESH = 400  # inputs after which a world is built anew


@pytest.mark.parametrize("variant", range(len(VARIANTS)))
def test_no_request_is_too_hostile(variant):
    count = share(56) // len(VARIANTS)
    rng = dice(SEED, "http", variant)
    for n in range(count):
        if n % FRESH == 0:
            place = arena(variant)
        party, request = Requests(place, rng).next()
        where = f"seed {SEED}, variant {variant}, input {n}: {request.method[:20]!r} {request.url[:200]!r} to {party}"
        with bounded(where):
            try:
                response = place.world.net.parties[party].handle(request)
            except Exception as error:
                raise AssertionError(f"{where}: {type(error).__name__}: {error}\n{request!r:.2000}") from error
        assert sound(response) == "", f"{where}: {sound(response)}\n{request!r:.2000}"


def test_a_client_whose_token_was_revoked_says_so():
    """Found by the longer mode: Budget answered 502 after somebody else's request had ended the grant."""
    w = world("oauth-bcp", rs_introspect="live")
    session = sign_in(w, "budget")
    cookie = (("Cookie", f"__Host-client_session={session.key}"),)
    me = Request("GET", "https://budget.example/me", cookie)
    assert w.clients["budget"].handle(me).status == 200
    w.issuer.core.end_grant(next(iter(w.issuer.store.grants.values())))
    answer = w.clients["budget"].handle(me)
    assert (answer.status, answer.error, sound(answer)) == (403, "invalid_token", "")
