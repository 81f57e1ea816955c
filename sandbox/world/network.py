"""The simulated network: it carries each request to the party that owns the address, and writes down what travelled.

It knows hosts and time.  It decides nothing: what a message means is the business of the party that gets it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Protocol, TypeVar

from sandbox.core.clock import Clock
from sandbox.core.entropy import Entropy
from sandbox.core.wire import Request, Response, origin, own_path, split
from sandbox.protocol.cast import title
from sandbox.protocol.checks import Checklist
from sandbox.protocol.edits import Edit, Keys, Unfit, edited_request, edited_response, of_message
from sandbox.protocol.tokens import Key
from sandbox.protocol.trace import Answered, Channel, Consented, Issued, Learned, Noted, Sent, SignedIn, TimePassed, Trace

NOWHERE = "nowhere"
PLAIN = (("Content-Type", "text/plain"),)
M = TypeVar("M", Request, Response)


class Party(Protocol):
    """A party that can be reached over the network.  `state` is its part that learners are shown: short texts by name."""

    name: str

    def handle(self, request: Request) -> Response: ...

    def state(self) -> dict[str, str]: ...


@dataclass(frozen=True, slots=True)
class Parcel:
    """A request that travels slowly: it arrives at `due`."""

    due: int
    sender: str
    request: Request


@dataclass
class Network:
    """All parties by name, the owners of all addresses, the one clock, the one source of randomness and the trace."""

    clock: Clock
    entropy: Entropy
    trace: Trace
    parties: dict[str, Party] = field(default_factory=dict)
    hosts: dict[str, str] = field(default_factory=dict)
    mounts: dict[str, str] = field(default_factory=dict)  # addresses with a path that are in `hosts`, and that path
    domains: dict[str, str] = field(default_factory=dict)
    claims: dict[tuple[str, str], str] = field(default_factory=dict)
    parcels: list[Parcel] = field(default_factory=list)
    zones: dict[str, str] = field(default_factory=dict)  # origin -> the zone from which alone it can be reached
    inside: dict[str, set[str]] = field(default_factory=dict)  # zone -> the parties in it
    edits: tuple[Edit, ...] = ()
    keys: dict[str, Key] = field(default_factory=dict)  # what edits may sign tokens with
    unfit: list[Unfit] = field(default_factory=list)  # edits that did not fit their message
    counted: Counter[str] = field(default_factory=Counter)

    def connect(self, party: Party, *origins: str, zone: str = "") -> None:
        """Put a party on the network under these origins; in a zone they can be reached from that zone only."""
        self.parties[party.name] = party
        for at in origins:
            self.hosts[at] = party.name
            if zone:
                self.zones[at] = zone

    def admit(self, zone: str, *parties: str) -> None:
        """Let these parties reach the hosts of a zone."""
        self.inside.setdefault(zone, set()).update(parties)

    def admits(self, zone: str, sender: str) -> bool:
        """Whether a sender is in a zone."""
        return sender in self.inside.get(zone, ())

    def connect_domain(self, party: str, domain: str) -> None:
        """Give a party every host below this domain that nobody else has, as the owner of a domain can make up hosts."""
        self.domains[f".{domain}"] = party

    def claim(self, device: str, link: str, party: str) -> None:
        """On this device another app answers to this link, too, and the device picks it (RFC 8252 §8.1)."""
        self.claims[device, link] = party

    def owner(self, url: str, sender: str = "") -> str:
        """Who gets a request to this address, if `sender` sends it."""
        claimed = self.claims.get((sender, url.partition("#")[0].partition("?")[0]))
        host = split(url).netloc
        below = (party for domain, party in self.domains.items() if host.endswith(domain))
        return claimed or self.hosts.get(origin(url) + self.mount(url)) or next(below, NOWHERE)

    def mount(self, url: str) -> str:
        """The path at which the paths of the addressed party begin, where several parties share an origin; '' in the simulation."""
        below = (path for base, path in self.mounts.items() if url.startswith((f"{base}/", f"{base}?")) or url == base)
        return next(below, "")

    def _mounted(self, request: Request) -> Request:
        """The request as the party at the path of an origin that several share gets it."""
        u, at = split(request.url), origin(request.url)
        for base, path in self.mounts.items():
            own = own_path(u.path, path) if base == f"{at}{path}" else None
            if own is not None:
                url = f"{base}{own}{'?' if u.query else ''}{u.query}"
                return request if (request.url, request.mount) == (url, path) else replace(request, url=url, mount=path)
        return replace(request, mount="")

    def deliver(self, request: Request, sender: str, channel: Channel = "back") -> Response:
        """Carry a request from `sender` to the owner of its address, and the answer back."""
        request = self._mounted(request) if self.mounts else request
        number, self.trace.exchanges = self.trace.exchanges, self.trace.exchanges + 1
        intended, name = self.owner(request.url, sender), f"{request.method} {request.path or '/'}"
        asks, answers = self._message(sender, intended, name), self._message(intended, sender, f"answer {name}")
        certificate = "" if request.peer else request.certificate  # whoever passes a message on makes a connection of its own
        request, changed = self._edited(replace(request, peer=sender, certificate=certificate), asks, edited_request)
        zone = self.zones.get(request.origin)
        refused = zone is not None and not self.admits(zone, sender)
        receiver = NOWHERE if refused else self.owner(request.url, sender)
        self.trace.add(Sent, number, asks, sender, receiver, channel, request, changed)
        if refused:
            Checklist(self.trace, self.hosts[request.origin]).test("zone", False, f"a machine in the zone {zone}", sender)
            response = Response(502, PLAIN, "Connection refused.")
        elif receiver == NOWHERE:
            response = Response(502, PLAIN, "No such host.")
        else:
            response = self.parties[receiver].handle(request)
        response, changed = self._edited(response, answers, edited_response)
        self.trace.add(Answered, number, answers, receiver, sender, channel, response, changed)
        self.show(receiver)
        return response

    def _message(self, sender: str, receiver: str, name: str) -> str:
        """The id of a message: step, parties, method and path, and which of several it is."""
        base = f"{self.trace.step}/{sender}>{receiver}:{name}"
        self.counted[base] += 1
        return f"{base}#{self.counted[base]}"

    def _edited(self, message: M, name: str, edit: Callable[[M, Iterable[Edit], Keys], M]) -> tuple[M, bool]:
        """The message with its edits; one that does not fit is noted down, and the run goes on without it."""
        changed = False
        for one in of_message(self.edits, name):
            try:
                message, changed = edit(message, (one,), self.keys.__getitem__), True
            except ValueError as error:  # BadEdit, or an address that an earlier edit has made unreadable
                self.unfit.append((one, str(error)))
        return message, changed

    def later(self, seconds: int, request: Request, sender: str) -> None:
        """Send a request that arrives after so many seconds of virtual time."""
        self.parcels.append(Parcel(self.clock.now() + seconds, sender, request))

    def wait(self, seconds: int) -> None:
        """Let time pass; requests under way arrive at their own second."""
        end = self.clock.now() + seconds
        self.trace.add(TimePassed, seconds)
        self.arrive(end)
        self._move_to(end)

    def arrive(self, end: int) -> None:
        """Deliver the requests that arrive by then."""
        while due := sorted((p for p in self.parcels if p.due <= end), key=lambda p: p.due):
            self.parcels.remove(due[0])
            self._move_to(due[0].due)
            self.deliver(due[0].request, due[0].sender, "internal")

    def _move_to(self, moment: int) -> None:
        self.clock.advance(max(0, moment - self.clock.now()))
        self.trace.now = self.clock.now()

    def show(self, party: str) -> None:
        """Record the changes in the state that this party shows."""
        if self.trace.states and party in self.parties:
            self.trace.state(party, self.parties[party].state())

    def learned(self, party: str, name: str, value: str, source: str) -> None:
        """`party` has a value that no message brought: it made it, or took it."""
        self.trace.add(Learned, party, name, value, source)

    def noted(self, party: str, text: str) -> None:
        self.trace.add(Noted, party, text)

    def issued(self, server: str, kind: str, value: str, user: str, client: str) -> None:
        """`server` has made a credential of this kind, with which `client` acts for `user`."""
        self.trace.add(Issued, server, kind, value, user, client)

    def signed_in(self, client: str, browser: str, user: str, credential: str = "") -> None:
        """`client` takes whoever uses `browser` for `user`, or for the unnamed owner of the credential."""
        self.trace.add(SignedIn, client, browser, user, credential)

    def consented(self, server: str, user: str, client: str, scope: str) -> None:
        """`user` has allowed `client` this scope, on a page of `server` that says so."""
        self.trace.add(Consented, server, f"{title(user)} allows {title(client)}: {scope or 'nothing in particular'}", user, client, scope)
