"""Whether an API believes the signature of a token: algorithm, key and signature, as the switches want it.

Three checks, one decision of the `alg_policy` switch.  Signatures are verified by PyJWT's algorithms.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from sandbox.core.wire import Request
from sandbox.protocol import flaws
from sandbox.protocol.checks import Checklist, fits
from sandbox.protocol.policies import ResourcePolicy
from sandbox.protocol.tokens import Decoded, public_key, signature_fits, thumbprint
from sandbox.world.network import Network
from sandbox.world.parties.issuer import TrustedIssuer
from sandbox.world.parties.published_keys import PublishedKeys

KEY_LIFE = 300  # seconds for which a key set is believed, where that has an end


class SignatureCheck:
    """The one of an API, which trusts this issuer."""

    def __init__(self, name: str, net: Network, policy: ResourcePolicy, issuer: TrustedIssuer) -> None:
        self.name, self.net, self.policy, self.issuer = name, net, policy, issuer
        self.life = KEY_LIFE if policy.key_cache == "five-minutes" else 0
        self.jwks = PublishedKeys(self.life)
        self.partners: dict[str, tuple[TrustedIssuer, PublishedKeys]] = {}
        self.signed_by = issuer.url  # whose key it was that fitted last

    def trust_too(self, partner: TrustedIssuer) -> None:
        """Take the keys of another issuer, too."""
        self.partners[partner.url] = (partner, PublishedKeys(self.life))

    def passes(self, checks: Checklist, token: Decoded) -> bool:
        """Perform the three."""
        alg, self.signed_by = str(token.header.get("alg")), self.issuer.url
        return self._pinned(checks, token, alg) if self.policy.alg_policy == "allowlist" else self._as_the_token_wants(checks, token, alg)

    def _pinned(self, checks: Checklist, token: Decoded, alg: str) -> bool:
        known = tuple(dict.fromkeys((self.issuer.alg, *(partner.alg for partner, _ in self.partners.values()))))
        if not checks.test("algorithm", alg in known, " or ".join(known), alg):
            return False
        key = self._partners_key(checks, token) or self._key(checks, token)
        return key is not None and fits(checks, self._fits(token, key, alg))

    def _fits(self, token: Decoded, key: Any, alg: str) -> bool:
        """By PyJWT or, where the switch asks for it and the algorithm has such numbers, by a verifier that does not look at their range."""
        if self.policy.ecdsa_range == "off" and alg == "ES256":
            return flaws.loosely_fits(token, key)
        return signature_fits(token, key, alg)

    def _key(self, checks: Checklist, token: Decoded) -> Any:
        brought, filed = self._brought(token), self._filed(token)
        if brought is not None and (key := public_key(brought, self.issuer.alg)) is not None:
            checks.skip("key", "a token may bring its own key", f"jwk {thumbprint(brought)[:8]}")
            return key
        if self.issuer.secret is not None and filed is not None:
            checks.skip("key", "a key id may be the name of any file", f"kid {token.header.get('kid')}")
            return filed
        if self.issuer.secret is not None:
            checks.test("key", True, "the secret shared with the issuer", "the shared secret")
            return self.issuer.secret
        kid = token.header.get("kid")
        jwk = next(iter(self._published(kid)), None)
        key = public_key(jwk, self.issuer.alg) if jwk else None
        checks.test("key", key is not None, f"a key of {self.issuer.url}", f"kid {str(kid)[:12]}")
        return key

    def _partners_key(self, checks: Checklist, token: Decoded) -> Any:
        """The key of a partner that a token names; None if it names none of theirs, or one of the issuer's own."""
        kid, own = token.header.get("kid"), [k.get("kid") for k in self.jwks.keys]  # a hostile `kid` is any JSON
        for partner, jwks in self.partners.values() if kid not in own else ():
            found = jwks.named(kid, partial(self._fetch, partner), self.net.clock.now())
            key = public_key(found[0], partner.alg) if found else None
            if key is not None:
                self.signed_by = partner.url
                checks.test("key", True, f"a key of {' or '.join((self.issuer.url, *self.partners))}", f"one of {partner.url}")
                return key
        return None

    def _brought(self, token: Decoded) -> Any:
        """A key that stands in the token, or where the token says."""
        if self.policy.trusted_keys_only == "on":
            return None
        brought, address = flaws.brought_key(token), flaws.named_address(token)
        if brought is None and address:
            return flaws.fetched_key(self.net.deliver(Request("GET", address), self.name, "back").json, token)
        return brought

    def _filed(self, token: Decoded) -> bytes | None:
        return flaws.named_file(token) if self.policy.trusted_keys_only == "off" else None

    def _published(self, kid: object) -> list[dict[str, Any]]:
        return self.jwks.named(kid, partial(self._fetch, self.issuer), self.net.clock.now())

    def _fetch(self, issuer: TrustedIssuer) -> Any:
        return self.net.deliver(Request("GET", issuer.keys_at), self.name, "back").json

    def _as_the_token_wants(self, checks: Checklist, token: Decoded, alg: str) -> bool:
        if self.policy.alg_policy == "blocklist":
            if not checks.test("algorithm", alg != "none", "anything but none", alg):
                return False
        else:
            checks.skip("algorithm", "the token chooses", alg)
        kid = token.header.get("kid")
        if self.issuer.secret is None:
            self._published(kid)
        checks.skip("key", "whatever key is at hand", kid or "none named")
        ok = flaws.accepts(token, self.issuer.secret, self.jwks.keys, self._brought(token), self._filed(token))
        return checks.test("signature", ok, f"whatever {alg} asks for", "it fits" if ok else "it does not fit")
