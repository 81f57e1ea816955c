"""The devices that wait: their codes, and which of them a typed code means."""

from __future__ import annotations

from sandbox.core.clock import Clock
from sandbox.core.entropy import Entropy
from sandbox.world.parties.authorization_server.devices import DeviceCredential, Devices, user_code
from sandbox.world.parties.authorization_server.store import Session
from sandbox.world.parties.people import User


def test_codes_for_people_have_letters_that_make_no_words_and_repeat_with_the_seed() -> None:
    codes = {user_code(Entropy(seed)) for seed in range(50)}
    assert len(codes) == 50
    assert all(len(c) == 9 and c[4] == "-" and not set(c) & set("AEIOUY01") for c in codes)
    assert user_code(Entropy(1)) == user_code(Entropy(1))


def test_a_typed_code_means_the_device_that_shows_it_and_still_waits() -> None:
    clock, devices = Clock(), Devices()
    now = clock.now()
    tv = DeviceCredential("d", "WDJB-MJHT", "tv", "read", (), now + 10, clock)
    devices.add(tv)
    assert [devices.shown(typed) for typed in ("wdjb mjht", "WDJBMJHT", "", "WDJB")] == [tv, tv, None, None]
    assert devices.state() == {"device code d…": "WDJB-MJHT, tv: waiting"}
    tv.session, tv.allowed = Session("s", User("alice", "Alice Adler", "x"), now, "phone"), True
    assert devices.shown("WDJB-MJHT") is None, "it has been answered"
    assert devices.state() == {"device code d…": "WDJB-MJHT, tv: allowed by alice"}
    tv.session = None
    clock.advance(10)
    assert devices.shown("WDJB-MJHT") is None, "it has expired"
