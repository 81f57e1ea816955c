"""Step-up (RFC 9470): how strongly and how recently a person has signed in, what an API may ask of that, and how it says so."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sandbox.core.wire import Response
from sandbox.protocol.tokens import number

PASSWORD, TWO_FACTOR = "urn:connectsphere:acr:password", "urn:connectsphere:acr:two-factor"  # a URI, as OIDC Core §2 wants it
RECENT = 300  # seconds that a sign-in counts as recent, where an API asks for one
ERROR = "insufficient_user_authentication"
ASKED = ("acr_values", "max_age")
_ASKED = re.compile(r'\b(acr_values|max_age)="([^"]{1,200})"')


def demands(policy: str) -> dict[str, str]:
    """What the challenge of an API with this `rs.step_up` says (RFC 9470 §3)."""
    return {"acr_values": TWO_FACTOR, "max_age": str(RECENT)} if policy == "two-factor" else {"max_age": str(RECENT)}


def meets(claims: Mapping[str, Any], policy: str, now: int) -> bool:
    """Whether a token tells of a sign-in that is good enough; one that tells nothing is not (RFC 9470 §6)."""
    signed_in = number(claims.get("auth_time"))
    recent = signed_in is not None and now - signed_in <= RECENT
    return recent and (policy != "two-factor" or claims.get("acr") == TWO_FACTOR)


def told(claims: Mapping[str, Any], now: int) -> str:
    """What a token tells of the sign-in, for those who look on."""
    signed_in = number(claims.get("auth_time"))
    when = "some time" if signed_in is None else f"{now - signed_in:.0f} s"
    return f"{claims.get('acr', 'no acr')}, {when} ago"


def challenged(response: Response) -> dict[str, str]:
    """What an API asks of the next sign-in; nothing if it refuses for another reason, or does not refuse (RFC 9470 §4)."""
    said = response.header("www-authenticate") or ""
    return dict(_ASKED.findall(said)) if response.status == 401 and f'error="{ERROR}"' in said else {}
