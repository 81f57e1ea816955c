"""The set-up of a live world as plain JSON with a version: enough to open it again at the same address, and nothing that anybody has done.

It comes back from a store that others may have written to, so it is read as hostile input: typed, bounded, and refused whole.
"""

from __future__ import annotations

from typing import Annotated, Literal

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from pydantic import Field, ValidationError

from sandbox.core.forms import Form
from sandbox.core.wire import split
from sandbox.protocol.client_jwts import SIGNED_BY_CLIENTS
from sandbox.protocol.settings import Settings
from sandbox.protocol.switches import UnknownSetting
from sandbox.serve.below import PATH
from sandbox.serve.setup import Keys
from sandbox.world.parties.authorization_server import Client
from sandbox.world.parties.authorization_server.redirect_uris import LONGEST, takes_logout_tokens, unfit
from sandbox.world.parties.authorization_server.registration import ALGS, DEMANDS, GRANTS, MOST_KEYS, MOST_URIS, Unfit, public_keys

MOST_CLIENTS = 100  # the latest ones that have been registered
LARGEST = 4 * 1024 * 1024  # characters
RSA_BITS = 2048

Word = Annotated[str, Field(max_length=LONGEST)]
Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Key = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{24}$")]


class Unreadable(ValueError):
    """It is of another version, or was altered; the message says which."""


class Registered(Form):
    """A client that has registered itself, or that a learner has."""

    client_id: Word
    title: Word
    redirect_uris: Annotated[tuple[Word, ...], Field(max_length=MOST_URIS)]
    scope: Word
    secret: Word | None = None
    grant_types: tuple[Literal[GRANTS], ...]  # type: ignore[valid-type]
    id_alg: Word = ""
    registered_at: Annotated[int, Field(gt=0)]
    post_logout_redirect_uris: Annotated[tuple[Word, ...], Field(max_length=MOST_URIS)] = ()
    backchannel_logout_uri: Word = ""
    backchannel_logout_session_required: bool = False
    keys: Annotated[tuple[dict[str, Word], ...], Field(max_length=MOST_KEYS)] = ()
    jwks_uri: Word = ""
    by_key: bool = False
    algs: dict[Literal[ALGS], Literal[SIGNED_BY_CLIENTS]] = Field(default_factory=dict)  # type: ignore[valid-type]
    demands: tuple[Literal[DEMANDS], ...] = ()  # type: ignore[valid-type]
    by_itself: bool = False

    @classmethod
    def of(cls, client: Client) -> Registered:
        title = client.title.encode("utf-8", "replace").decode()  # JSON has no half characters
        own = {} if not client.jwks_uri else {"keys": ()}  # they are fetched again
        return cls(**{name: getattr(client, name) for name in cls.model_fields} | {"title": title} | own)

    def client(self) -> Client:
        """The client; under which rules for redirect URIs, the world says.  Raises Unreadable."""
        uris = (*self.redirect_uris, *self.post_logout_redirect_uris)
        why = next((w for w in (unfit(uri, by_operator=True) for uri in uris) if w), None)
        if why is None and self.backchannel_logout_uri and not takes_logout_tokens(self.backchannel_logout_uri):
            why = "backchannel_logout_uri is no address for logout tokens"
        if why is None and self.jwks_uri and (self.keys or not takes_logout_tokens(self.jwks_uri)):
            why = "jwks_uri is no address for keys"
        if why is not None:
            raise Unreadable(why)
        try:
            keys = public_keys({"keys": list(self.keys)}) if self.keys else ()
        except Unfit as unfit_keys:
            raise Unreadable(str(unfit_keys)) from None
        return Client(**self.model_dump() | {"keys": keys})


class Blueprint(Form):
    """One world, beside the app at the address `app`.

    `browser` and `network` are those of who opened it, the former as a hash.  People are those of the cast.
    """

    version: Literal[1]
    key: Key
    app: Word
    profile: Word
    changes: dict[Word, Word]
    seed: Hash
    rsa: Annotated[str, Field(max_length=4096)] = ""
    coming: Annotated[str, Field(max_length=4096)] = ""  # the RSA key of the next turn, if it has been published
    turns: Annotated[int, Field(ge=0, le=1_000_000)] = 0  # of its keys
    clients: Annotated[tuple[Registered, ...], Field(max_length=MOST_CLIENTS)] = ()
    browser: Hash | Literal[""] = ""
    network: Annotated[str, Field(max_length=60)] = ""
    room: Annotated[str, Field(pattern=r"^([0-9A-Z]{8})?$")] = ""  # that it was given out in
    order: Annotated[int, Field(ge=0, le=1_000_000)] = 0  # by which it has begun there

    @property
    def settings(self) -> Settings:
        """Raises Unreadable."""
        try:
            return Settings.of(self.profile, self.changes)
        except UnknownSetting as error:
            raise Unreadable(str(error)) from None

    @property
    def keys(self) -> Keys:
        """Raises Unreadable."""
        told = {self.turns: self.rsa, self.turns + 1: self.coming}
        return Keys(self.seed, {turn: _rsa(text) for turn, text in told.items() if text}, self.turns)

    def written(self) -> str:
        """As JSON."""
        return self.model_dump_json()


def read(text: str, key: str) -> Blueprint:
    """The set-up of the world with this key.  Raises Unreadable."""
    if len(text) > LARGEST:
        raise Unreadable(f"it has more than {LARGEST} characters")
    try:
        found = Blueprint.model_validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"])) or "the whole"
        raise Unreadable(f"this is not the set-up of a world as this version has it: {where}: {first['msg']}") from None
    if found.key != key:
        raise Unreadable("it is that of another world")
    _checked(found)
    return found


def _checked(found: Blueprint) -> None:
    """What no single field can say.  Raises Unreadable."""
    u = split(found.app)
    whole = found.app == f"{u.scheme}://{u.netloc}{u.path}" and "@" not in u.netloc and (not u.path or PATH.fullmatch(u.path))
    if u.scheme not in ("http", "https") or not u.netloc or not whole:
        raise Unreadable("its address is none")
    for part in (lambda: found.settings, lambda: found.keys, *(client.client for client in found.clients)):
        part()


def pem(key: RSAPrivateKey | None) -> str:
    """A private key as text."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode() if key is not None else ""


def _rsa(text: str) -> RSAPrivateKey:
    try:
        key = load_pem_private_key(text.encode(), None)
    except (ValueError, TypeError) as error:
        raise Unreadable(f"its RSA key is none: {error}") from None
    if not isinstance(key, RSAPrivateKey) or key.key_size != RSA_BITS:
        raise Unreadable(f"its RSA key is no key of {RSA_BITS} bits")
    return key
