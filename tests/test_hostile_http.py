"""Whatever is sent to whatever endpoint of whatever party: an answer, soon, that is no 5xx and says what was wrong."""

from __future__ import annotations

import random

import pytest

from tests.fuzzing import SEED, VARIANTS, Requests, arena, in_time, share, sound

FRESH = 400  # inputs after which a world is built anew


@pytest.mark.parametrize("variant", range(len(VARIANTS)))
def test_no_request_is_too_hostile(variant):
    count = share(56) // len(VARIANTS)
    rng = random.Random(f"{SEED}|http|{variant}")
    for n in range(count):
        if n % FRESH == 0:
            place = arena(variant)
        party, request = Requests(place, rng).next()
        where = f"seed {SEED}, variant {variant}, input {n}: {request.method[:20]!r} {request.url[:200]!r} to {party}"
        with in_time(where):
            try:
                response = place.world.net.parties[party].handle(request)
            except Exception as error:
                raise AssertionError(f"{where}: {type(error).__name__}: {error}\n{request!r:.2000}") from error
        assert sound(response) == "", f"{where}: {sound(response)}\n{request!r:.2000}"
