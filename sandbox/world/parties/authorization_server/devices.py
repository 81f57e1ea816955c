"""The devices that wait for a person: their two codes, and what has become of them (RFC 8628)."""

from __future__ import annotations

from dataclasses import dataclass, field

from authlib.oauth2.rfc8628 import DeviceCredentialMixin

from sandbox.core.clock import Clock
from sandbox.core.entropy import Entropy
from sandbox.world.parties.authorization_server.store import Session
from sandbox.world.parties.limits import ISSUED, forget_oldest

PATH = "/device"
LIFE, INTERVAL, SLOWER = 600, 5, 5  # seconds (RFC 8628 §3.2, §3.5)
LETTERS = "BCDFGHJKLMNPQRSTVWXZ"  # RFC 8628 §6.1: no vowels, so that no code is a word


@dataclass
class DeviceCredential(DeviceCredentialMixin):  # type: ignore[misc]
    """One device that waits: its two codes, and what the person has said."""

    device_code: str
    user_code: str
    client_id: str
    scope: str
    resources: tuple[str, ...]
    expires_at: int
    clock: Clock
    interval: int = INTERVAL
    asked_at: int = -INTERVAL - SLOWER
    session: Session | None = None
    allowed: bool = False
    place: str = ""  # the network from which it has asked

    def get_client_id(self) -> str:
        return self.client_id

    def get_scope(self) -> str:
        return self.scope

    def get_user_code(self) -> str:
        return self.user_code

    def is_expired(self) -> bool:
        return self.clock.now() >= self.expires_at

    @property
    def too_soon(self) -> bool:
        """Whether the device asks again before its interval is over."""
        return self.clock.now() - self.asked_at < self.interval


@dataclass
class Devices:
    """All devices that wait, by their own code.  `tickets`: which of them a page is about; `tries`: the wrong codes of a session."""

    waiting: dict[str, DeviceCredential] = field(default_factory=dict)
    tickets: dict[str, DeviceCredential] = field(default_factory=dict)
    tries: dict[str, int] = field(default_factory=dict)

    def add(self, credential: DeviceCredential) -> None:
        self.waiting[credential.device_code] = credential
        forget_oldest(self.waiting, ISSUED)

    def shown(self, typed: str) -> DeviceCredential | None:
        """The device that shows this code, however it was typed (RFC 8628 §6.1), and that nobody has answered."""
        letters = "".join(c for c in typed.upper() if c in LETTERS)
        found = (c for c in self.waiting.values() if c.user_code.replace("-", "") == letters)
        return next((c for c in found if not c.is_expired() and c.session is None), None)

    def state(self) -> dict[str, str]:
        out = {}
        for c in self.waiting.values():
            said = "waiting" if c.session is None else f"{'allowed' if c.allowed else 'denied'} by {c.session.user.name}"
            out[f"device code {c.device_code[:6]}…"] = f"{c.user_code}, {c.client_id}: {said}"
        return out


def user_code(entropy: Entropy) -> str:
    """Eight letters in two groups, as people can type them."""
    number = int.from_bytes(entropy.bytes("user code", 16), "big")
    letters = "".join(LETTERS[number // len(LETTERS) ** i % len(LETTERS)] for i in range(8))
    return f"{letters[:4]}-{letters[4:]}"
