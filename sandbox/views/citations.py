"""Where a cited section can be read: `RFC 7636 §4.3` -> https://www.rfc-editor.org/rfc/rfc7636#section-4.3."""

from __future__ import annotations

import re
from collections.abc import Iterator

OIDC = {  # the name by which a specification of OpenID Connect is cited, and the name of its file
    "Core": "core",
    "Discovery": "discovery",
    "Registration": "registration",
    "Back-Channel Logout": "backchannel",
    "RP-Initiated Logout": "rpinitiated",
}
DOCUMENT = rf"RFC (?P<rfc>\d{{1,5}})(?!\d)|OIDC (?P<oidc>{'|'.join(OIDC)})|(?P<draft>draft-[a-z0-9-]+)"
CITED = re.compile(rf"(?:{DOCUMENT})(?: (?:§|(?P<appendix>appendix ))(?P<section>\w+(?:\.\w+)*))?")


def pieces(text: str) -> list[tuple[str, str]]:
    """The whole text in pieces, each with its address; '' is the address of the words between citations."""
    return list(_pieces(text))


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    at = 0
    for found in CITED.finditer(text):
        if found.start() > at:
            yield text[at : found.start()], ""
        yield found[0], _address(found)
        at = found.end()
    if at < len(text):
        yield text[at:], ""


def _address(found: re.Match[str]) -> str:
    """The anchors are those that the documents have: xml2rfc has made all of them."""
    section = found["section"] or ""
    if found["oidc"]:
        page = f"https://openid.net/specs/openid-connect-{OIDC[found['oidc']]}-1_0.html"
        return f"{page}#rfc.section.{section}" if section else page
    name = (
        f"https://datatracker.ietf.org/doc/html/{found['draft']}" if found["draft"] else f"https://www.rfc-editor.org/rfc/rfc{found['rfc']}"
    )
    kind = "appendix" if found["appendix"] or section[:1].isupper() else "section"
    return f"{name}#{kind}-{section}" if section else name
