"""The keys with which an issuer signs: one at a time, and on rotation the next one.

Rotation is OIDC Core §10.1.1: new tokens carry the new `kid`, whoever verifies goes back to the JWKS for a `kid` that is new, and the
key of before stays in it for as long as one of its tokens may live.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from sandbox.core.entropy import KeyType
from sandbox.core.wire import Request, Response, json_response
from sandbox.protocol.tokens import Key, key_for
from sandbox.world.network import Network

AT_ONCE = {"at_once": True}  # what the operator's request says where the key of before is to leave the key set with it
Make = Callable[[str, int, KeyType], Key]  # the key of an issuer at a turn, by its algorithm
MOST_RETIRED = 20  # keys whose tokens may be alive; each one is in the key set that every service fetches


def staying(request: Request, life: int) -> int:
    """For how many seconds the key of before stays: as long as a token lives, unless the operator wants it gone."""
    return 0 if request.json == AT_ONCE else life


class SigningKeys:
    """One issuer's keys.  `current` signs; `retired` has the keys of before with the second at which their last token has expired."""

    def __init__(self, net: Network, owner: str, first: Key) -> None:
        self.net, self.owner, self.current = net, owner, first
        self.turns = 0
        self.retired: list[tuple[Key, int]] = []
        self.make: Make | None = None  # where it is really served, keys are made in another way

    @property
    def coming(self) -> Key | None:
        """The key of the next turn; None where the secret is shared: the issuer alone cannot change what every service holds."""
        if self.current.jwk is None:
            return None
        return self.following(self.current.alg)

    def following(self, alg: str) -> Key:
        """The key of the next turn for this algorithm."""
        return self._key(self.turns + 1, alg)

    def _key(self, turn: int, alg: str) -> Key:
        if self.make is not None:
            return self.make(self.owner, turn, cast(KeyType, alg))
        return key_for(self.net.entropy.seed, f"{self.owner} {turn}", cast(KeyType, alg))

    @property
    def verifying(self) -> tuple[Key, ...]:
        """The current key, and those whose tokens may be alive."""
        now = self.net.clock.now()
        return (self.current, *(key for key, until in self.retired if until > now))

    def take_over(self, before: SigningKeys) -> None:
        """Go on with the keys of another world."""
        self.current, self.turns, self.retired = before.current, before.turns, list(before.retired)

    def rotate(self, request: Request, life: int) -> Response:
        """`POST /admin/keys` by the operator: sign with the next key from now on.  `life`: how long the one of before stays in the key
        set, in seconds."""
        coming = self.coming
        if request.peer != "admin" or request.method != "POST":
            return json_response(403, {"error": "access_denied"})
        if coming is None:
            return json_response(404, {"error": "not_found", "error_description": "There is no key set here."})
        if len(self.verifying) > MOST_RETIRED:
            text = f"There are {MOST_RETIRED} keys of before whose tokens may be alive. Wait until one of them is forgotten."
            return json_response(409, {"error": "temporarily_unavailable", "error_description": text})
        self._retire(self.current, life)
        self.current, self.turns = coming, self.turns + 1
        self.net.noted(self.owner, "New tokens are signed with another key.")
        return Response(204)

    def follower(self, key: Key, life: int) -> Key:
        """The key that signs from this turn on where another one of the issuer did until now."""
        self._retire(key, life)
        return self._key(self.turns, key.alg)

    def _retire(self, key: Key, life: int) -> None:
        now = self.net.clock.now()
        self.retired = [(k, until) for k, until in self.retired if until > now] + [(key, now + life)]
