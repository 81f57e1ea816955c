"""The keys that a server publishes (RFC 7517 §5), as a party that trusts it has fetched them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class PublishedKeys:
    """They are fetched once, and again for a key id that is new: that is how a party notices that keys have changed (OIDC Core §10.1.1).

    That a key is gone it notices only if it looks again without a reason: `life` says after how many seconds; 0 is never."""

    def __init__(self, life: int = 0) -> None:
        self.keys: list[dict[str, Any]] = []
        self.life, self.until = life, 0

    def named(self, kid: object, fetch: Callable[[], Any], now: int = 0) -> list[dict[str, Any]]:
        """The keys of this id, as JWKs.  `fetch`: asks the server, and returns the JSON of the answer; what is no key set has no keys."""
        if not self._named(kid) or (self.life and now >= self.until):
            body = fetch()
            keys = body.get("keys") if isinstance(body, dict) else None
            self.keys = [k for k in keys if isinstance(k, dict)] if isinstance(keys, list) else []
            self.until = now + self.life if self.life else 0
        return self._named(kid)

    def _named(self, kid: object) -> list[dict[str, Any]]:
        return [k for k in self.keys if k.get("kid") == kid]

    def shown(self) -> dict[str, str]:
        """The state that learners are shown."""
        return {"keys of the issuer": ", ".join(str(k.get("kid"))[:8] + "…" for k in self.keys)} if self.keys else {}
