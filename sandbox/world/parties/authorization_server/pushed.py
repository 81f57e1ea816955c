"""What is kept of an authorization request that was pushed (RFC 9126): its parameters, whose it is, and until when it may be used."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.core.wire import Pairs

PREFIX = "urn:ietf:params:oauth:request_uri:"  # RFC 9126 §2.2
PUSHED_LIFE = 60  # seconds in which the browser must arrive with it; FAPI 2.0 allows less than 600


def reference(request_uri: str) -> str:
    """The random part of a request_uri of this server; '' if it is from elsewhere."""
    return request_uri[len(PREFIX) :] if request_uri.startswith(PREFIX) else ""


@dataclass
class Pushed:
    """One pushed request.  `signed`: whether it came as a request object; `answered`: a code, or a refusal, has been sent for it.

    It is used when it is answered, not when its page is shown: a browser may load a page twice (RFC 9126 §4).
    """

    client_id: str
    fields: Pairs
    until: int
    signed: bool = False
    answered: bool = False

    def use(self) -> bool:
        """Whether this is its first answer; there will be no second."""
        first, self.answered = not self.answered, True
        return first
