"""The device authorization grant (RFC 8628): a device that has no browser shows a code, and a person allows it in a browser elsewhere.

Authlib decides at both endpoints; what is issued, who may type a code, and the pages are ours.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import InvalidGrantError, UnauthorizedClientError
from authlib.oauth2.rfc8628 import DeviceAuthorizationEndpoint, DeviceCodeGrant

from sandbox.core.clock import clock_time
from sandbox.protocol.cast import place
from sandbox.protocol.checks import Checklist
from sandbox.protocol.grant_types import DEVICE_CODE
from sandbox.world.parties.authorization_server.client_keys import Step
from sandbox.world.parties.authorization_server.config import AUTH_METHODS
from sandbox.world.parties.authorization_server.core import Core
from sandbox.world.parties.authorization_server.devices import INTERVAL, LIFE, PATH, SLOWER, DeviceCredential, Devices, user_code
from sandbox.world.parties.authorization_server.explain import authenticated_client, once, record, resource
from sandbox.world.parties.authorization_server.grants import Mint
from sandbox.world.parties.authorization_server.requests import ASRequest
from sandbox.world.parties.authorization_server.store import Client
from sandbox.world.parties.people import User


class DeviceEndpoint(DeviceAuthorizationEndpoint):  # type: ignore[misc]
    """Where a device gets its codes (RFC 8628 §3.1, §3.2)."""

    CLIENT_AUTH_METHODS = AUTH_METHODS
    EXPIRES_IN, INTERVAL = LIFE, INTERVAL
    server: Core
    request: ASRequest

    def create_endpoint_response(self, request: ASRequest) -> Any:
        self.request = request
        client: Client = self.authenticate_client(request)
        if not client.check_grant_type(DEVICE_CODE):
            raise UnauthorizedClientError()
        if not set(request.resources) <= set(self.server.resources):
            raise OAuth2Error(error="invalid_target")
        return super().create_endpoint_response(request)

    def generate_device_code(self) -> str:
        return self.server.net.entropy.token("device code", 24)

    def generate_user_code(self) -> str:
        return user_code(self.server.net.entropy)

    def get_verification_uri(self) -> str:
        return f"{self.server.issuer}{PATH}"

    def save_device_credential(self, client_id: str, scope: str | None, data: dict[str, Any]) -> None:
        clock, client = self.server.net.clock, self.request.client
        allowed = client.get_allowed_scope(scope)
        until = clock.now() + LIFE
        devices_of(self.server).add(
            DeviceCredential(
                device_code=data["device_code"],
                user_code=data["user_code"],
                client_id=client_id,
                scope=allowed,
                resources=self.request.resources,
                expires_at=until,
                clock=clock,
                place=place(self.request.sent.peer),
            )
        )


class DeviceGrant(Mint, DeviceCodeGrant):  # type: ignore[misc]
    """Where a device asks whether it is allowed (RFC 8628 §3.4, §3.5)."""

    TOKEN_ENDPOINT_AUTH_METHODS = AUTH_METHODS

    def query_device_credential(self, device_code: str) -> DeviceCredential:
        found: DeviceCredential | None = devices_of(self.server).waiting.get(device_code)
        if found is None:
            raise InvalidGrantError()  # RFC 6749 §5.2; Authlib would say invalid_request
        return found

    def query_user_grant(self, code: str) -> tuple[User, bool] | None:
        found = next((c for c in devices_of(self.server).waiting.values() if c.user_code == code), None)
        return (found.session.user, found.allowed) if found is not None and found.session is not None else None

    def should_slow_down(self, credential: DeviceCredential) -> bool:
        too_soon = credential.too_soon
        credential.asked_at = self.server.net.clock.now()
        credential.interval += SLOWER * too_soon
        return too_soon

    def generate_token(
        self, user: User, scope: str, grant_type: Any = None, expires_in: Any = None, include_refresh_token: bool = True
    ) -> dict[str, Any]:
        request, server, credential = self.request, self.server, self.request.credential
        del devices_of(server).waiting[credential.device_code]  # it is good once
        grant = server.new_grant(user, request.client, scope or "", credential.session, credential.resources)
        grant.device = request.client.client_id  # not the browser in which it was allowed
        return server.minter.mint(grant, request.wanted(scope or "", refresh=include_refresh_token))


def install(core: Core) -> None:
    """Offer the grant at this server."""
    core.devices = Devices()
    core.register_grant(DeviceGrant)
    core.register_endpoint(DeviceEndpoint)
    core.extensions[DEVICE_CODE] = token


def devices_of(core: Core) -> Devices:
    """The devices that wait at a server which offers the grant."""
    assert core.devices is not None
    return core.devices


# ---------------------------------------------------------------- why


def authorization(core: Core, request: ASRequest, checks: Checklist) -> str | None:
    """The checks of the device authorization endpoint (RFC 8628 §3.1)."""
    return record(checks, _authorization(core, request))


def _authorization(core: Core, request: ASRequest) -> Iterator[Step | None]:
    yield once(request)
    client = yield from authenticated_client(core, request)
    yield "grant_type", client.check_grant_type(DEVICE_CODE), f"a grant type of {client.client_id}", DEVICE_CODE
    wanted = (request.payload.scope or "").split()
    yield "scope_offered", set(wanted) <= set(core.scopes), "scopes that exist", " ".join(wanted) or "none"
    yield resource(core, request)


def token(core: Core, request: ASRequest, client: Client, checks: Checklist) -> Iterator[Step | None]:
    """The checks of the token endpoint (RFC 8628 §3.4, §3.5)."""
    given, now = request.payload.data.get("device_code"), core.net.clock.now()
    if given is None:
        yield "request_form", False, "a device_code", "none"
    found = devices_of(core).waiting.get(given or "")
    mine = found is not None and found.client_id == client.client_id
    yield "device_code", mine, f"a device code of {client.client_id}", f"one of {found.client_id}" if found else "unknown"
    assert found is not None
    yield "device_fresh", not found.is_expired(), f"before {clock_time(found.expires_at)}", clock_time(now)
    if found.session is None:
        yield "poll_interval", not found.too_soon, f"at least {found.interval} s since the last time", f"{now - found.asked_at} s"
    yield "device_consent", found.allowed, "a person says yes", "not yet" if found.session is None else "yes" if found.allowed else "no"
