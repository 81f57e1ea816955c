"""Client id metadata documents: a client_id that is the address of a document in which the client describes itself, so that it need not
register (a draft; which one, says `protocol/drafts.py`).

How a document is fetched is not known here, only which address may name one, what a document must say, and what people are told of a
client that nobody has registered.  In the simulation nobody needs it, and it is off.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from sandbox.core.wire import Response, split
from sandbox.protocol.checks import Checklist
from sandbox.world.network import NOWHERE
from sandbox.world.parties.authorization_server.core import Core
from sandbox.world.parties.authorization_server.redirect_uris import LONGEST
from sandbox.world.parties.authorization_server.registration import Unfit, published
from sandbox.world.parties.authorization_server.store import Client
from sandbox.world.parties.limits import forget_oldest
from sandbox.world.parties.pages import paragraph

MOST = 100  # clients that describe themselves, of which the oldest are forgotten; none that is registered is forgotten for them
LARGEST = 5 * 1024  # bytes of a document: what the draft recommends
UNKNOWN = "The client does not exist on this server."
DOTS = frozenset({".", ".."})
UNSPEAKABLE = re.compile(r"[^ !#-\[\]-~]")  # what an error_description must not have (RFC 6749 §5.2)
ON_THIS_DEVICE = "That is on your own device, where any program can claim to be it."
THIS_DEVICE = frozenset({"localhost", "127.0.0.1", "::1"})


def is_address(client_id: str) -> bool:
    """Whether a client_id claims to be an address."""
    return client_id.startswith(("https://", "http://"))


def fault(core: Core, address: str) -> str | None:
    """Why no document can be fetched from there, in a sentence; None if it can.  Plain http is for whoever fetches to judge."""
    if core.unfetchable is None:
        return "Nothing is fetched here."
    own = core.net.owner(address) != NOWHERE
    return _unfit(address) or core.unfetchable(address) or ("It is an address of this sandbox, where no client is." if own else None)


def _unfit(address: str) -> str | None:
    """Why an address cannot be a client_id: it is compared letter by letter, so it must have one reading only (RFC 3986 §6.2.1)."""
    if len(address) > LONGEST or not address.isascii() or not address.isprintable() or " " in address or "\\" in address:
        return f"An address has at most {LONGEST} characters of ASCII, and neither blanks nor backslashes."
    u = split(address)
    if not u.hostname or not u.path or _port(address) == 0:
        return "It needs a host and a path."
    if "#" in address:
        return "It must not have a fragment."
    if "@" in u.netloc:
        return "It must not have a user name or a password."
    if DOTS & {segment.lower().replace("%2e", ".") for segment in u.path.split("/")}:
        return "Its path must not have segments of one or two dots."
    return None


def unknown(core: Core, client_id: str) -> str:
    """What is said of a client that is not known: why its document was not taken, if its id is the address of one."""
    if not core.reads_documents or not is_address(client_id):
        return UNKNOWN
    why = fault(core, client_id) or core.document_faults.get(client_id)
    return UNSPEAKABLE.sub("", f"{UNKNOWN} {why}")[:300] if why else UNKNOWN


def take(core: Core, address: str, answer: Response) -> bool:
    """Judge what came from the address of a client; whether it describes the client, which is known from now on.

    One that describes it no more is not kept: an older one must not be believed for ever."""
    checks, described = Checklist(core.net.trace, core.denylist.owner), _described(core, address, answer)
    good = isinstance(described, Client)
    checks.test("client_document", good, f"a document that is about {address}", "it is" if good else described)
    core.document_faults.pop(address, None)
    if isinstance(described, Client):
        core.store.admit(described, MOST)
        return True
    core.store.clients.pop(address, None)
    note_fault(core, address, described)
    return False


def note_fault(core: Core, address: str, why: str) -> None:
    """Remember, for the next answer, why a document was not taken; nothing is refused for it (errors are not cached)."""
    core.document_faults[address] = why
    forget_oldest(core.document_faults, MOST)


def _described(core: Core, address: str, answer: Response) -> Client | str:
    """The client, or in a sentence what is wrong with its document."""
    if answer.status != 200:  # why nothing came is in the record: it may say how things are inside
        return "Its document did not come." if answer.status == 502 else f"Its document came with status {answer.status} instead of 200."
    found: Any = answer.json
    if not isinstance(found, dict):
        return "Its document is no JSON object, or does not say that it is JSON."
    if found.get("client_id") != address:
        return "Its document does not name its own address as client_id."
    try:
        client = published(core, found, address)
    except Unfit as unfit:
        return f"Its document: {unfit}"
    before = core.query_client(address)
    return replace(client, keys=before.keys) if before is not None and before.jwks_uri == client.jwks_uri != "" else client


def introduced(client: Client, redirect_uri: str = "") -> str:
    """What a person must know of a client that nobody has registered, as HTML; nothing of any other.  `redirect_uri`: '' for a device.

    Its name it has given itself; true are the host that describes it and the one to which the answer goes."""
    if not client.by_document:
        return ""
    told = paragraph(f"That is the name it gives itself. It is described at {_host(client.client_id)}.")
    if not redirect_uri:
        return told
    back = split(redirect_uri)
    told += paragraph(f"You will be sent to {_host(redirect_uri)}." if back.hostname else f"The app for {back.scheme}: will be opened.")
    alone = all(split(uri).hostname in THIS_DEVICE for uri in client.redirect_uris)
    return told + (paragraph(f"{ON_THIS_DEVICE} Go on only if you have just begun this yourself.") if alone else "")


def _host(url: str) -> str:
    """The host of an address, with its port; not the user name, which can look like a host."""
    port = _port(url)
    return f"{split(url).hostname}{f':{port}' if port else ''}"


def _port(url: str) -> int | None:
    """The port of an address; 0 for one that is none."""
    try:
        return split(url).port
    except ValueError:
        return 0
