"""What an API says about itself, for clients that have met nothing but its address (RFC 9728)."""

from __future__ import annotations

from typing import Any

from sandbox.core.wire import origin, split
from sandbox.protocol.policies import ResourcePolicy
from sandbox.protocol.proofs import PROOF_ALGORITHMS

PATH = "/.well-known/oauth-protected-resource"


def address(resource: str) -> str:
    """Where the metadata of this API are: the well-known part goes between its host and its path (RFC 9728 §3.1)."""
    return f"{origin(resource)}{PATH}{split(resource).path.rstrip('/')}"


def described(resource: str, issuer: str, policy: ResourcePolicy, scopes: tuple[str, ...]) -> dict[str, Any]:
    """The metadata (RFC 9728 §2).  `scopes`: those that the operations of the API need."""
    out: dict[str, Any] = {"resource": resource, "authorization_servers": [issuer], "scopes_supported": list(scopes)}
    out["bearer_methods_supported"] = _bearer_methods(policy)
    if policy.dpop != "off":
        out |= {"dpop_signing_alg_values_supported": list(PROOF_ALGORITHMS)}
    out |= {"dpop_bound_access_tokens_required": True} if policy.dpop == "require" else {}
    return out | ({"tls_client_certificate_bound_access_tokens": True} if policy.mtls == "on" else {})


def _bearer_methods(policy: ResourcePolicy) -> list[str]:
    """How a bearer token may be sent (RFC 6750 §2); none where tokens must be bound to a key."""
    if policy.dpop == "require":
        return []
    return ["header"] if policy.reject_query_token == "on" else ["header", "query"]
