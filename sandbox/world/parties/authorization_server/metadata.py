"""What the authorization server says about itself: its metadata (RFC 8414 §2, OIDC Discovery) and its public keys."""

from __future__ import annotations

from typing import Any

from sandbox.protocol.client_jwts import SIGNED_BY_CLIENTS
from sandbox.protocol.policies import IssuerPolicy
from sandbox.protocol.proofs import PROOF_ALGORITHMS
from sandbox.world.parties.authorization_server.config import AUTH_METHODS, CONFIDENTIAL
from sandbox.world.parties.authorization_server.core import Core
from sandbox.world.parties.authorization_server.response_modes import known

CLAIMS = ["sub", "name", "given_name", "family_name", "preferred_username", "email", "email_verified", "address", "phone_number"]


def described(core: Core, *, registration: bool, acrs: list[str], log_out: dict[str, Any]) -> dict[str, Any]:
    """The metadata that a client is configured with.  `registration`: whether clients may register themselves; `acrs`: the ways of
    signing in; `log_out`: what is said of that."""
    at, policy = core.issuer, core.policy
    out: dict[str, Any] = {"issuer": at, "authorization_endpoint": f"{at}/authorize", "token_endpoint": f"{at}/token"}
    out |= {"jwks_uri": f"{at}/jwks", "userinfo_endpoint": f"{at}/userinfo", "introspection_endpoint": f"{at}/introspect"}
    out |= {"revocation_endpoint": f"{at}/revoke"} if policy.revocation == "on" else {}
    out |= {"device_authorization_endpoint": f"{at}/device_authorization"} if core.devices is not None else {}
    out |= {"registration_endpoint": f"{at}/register"} if registration else {}
    out |= {"client_id_metadata_document_supported": True} if core.reads_documents else {}
    out |= log_out
    out["scopes_supported"] = list(core.scopes)
    out["response_types_supported"] = ["code"] if policy.no_implicit == "on" else ["code", "token"]
    out["grant_types_supported"] = core.grant_types + ([] if policy.no_implicit == "on" else ["implicit"])
    out["acr_values_supported"] = acrs
    out["token_endpoint_auth_methods_supported"] = AUTH_METHODS
    out |= {"revocation_endpoint_auth_methods_supported": AUTH_METHODS} if policy.revocation == "on" else {}
    out["introspection_endpoint_auth_methods_supported"] = AUTH_METHODS if policy.endpoint_auth == "off" else CONFIDENTIAL
    for place in ("token", "revocation", "introspection"):
        if f"{place}_endpoint_auth_methods_supported" in out:
            out[f"{place}_endpoint_auth_signing_alg_values_supported"] = list(SIGNED_BY_CLIENTS)
    if policy.pkce != "ignore":
        out["code_challenge_methods_supported"] = ["S256"] if policy.pkce_s256_only == "on" else ["S256", "plain"]
    own = [claim for user in list(core.people.users.values()) for claims in user.own.values() for claim in claims]
    out |= {"claims_supported": list(dict.fromkeys((*CLAIMS, *own))), "claims_parameter_supported": core.takes_claims}
    out |= {
        "request_parameter_supported": policy.request_object != "off",
        "request_uri_parameter_supported": False,
        "response_modes_supported": list(known(policy.web_message)),
    }
    out |= _requests(policy, at)
    out |= {"dpop_signing_alg_values_supported": list(PROOF_ALGORITHMS)} if policy.dpop_bind == "on" else {}
    out |= {"tls_client_certificate_bound_access_tokens": True} if policy.mtls_bind == "on" else {}
    out |= {"authorization_response_iss_parameter_supported": True} if policy.iss_param == "on" else {}
    return out | {"subject_types_supported": ["public"], "id_token_signing_alg_values_supported": [k.alg for k in core.keys]}


def _requests(policy: IssuerPolicy, at: str) -> dict[str, Any]:
    """How requests may come beside in the address: pushed (RFC 9126 §5), or signed (RFC 9101 §10.5)."""
    out = dict[str, Any]()
    out |= {"pushed_authorization_request_endpoint": f"{at}/par"} if policy.par != "off" else {}
    out |= {"require_pushed_authorization_requests": True} if policy.par == "required" else {}
    out |= {"request_object_signing_alg_values_supported": list(SIGNED_BY_CLIENTS)} if policy.request_object != "off" else {}
    return out | ({"require_signed_request_object": True} if policy.request_object == "required" else {})


def key_set(core: Core) -> dict[str, Any]:
    """The public keys (RFC 7517 §5); a shared secret is not among them."""
    keys = {k.kid: k.jwk for k in (core.key, *core.keys, *core.signing.verifying, *core.coming) if k.jwk}
    return {"keys": list(keys.values())}
