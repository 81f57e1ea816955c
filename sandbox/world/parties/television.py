"""A television: a client on a device that has no browser and that nobody can reach (RFC 8628)."""

from __future__ import annotations

from sandbox.core.wire import Request, Response, form_request, json_response
from sandbox.protocol.grant_types import DEVICE_CODE
from sandbox.world.parties.client import OAuthClient


class Television(OAuthClient):
    """It shows a code, and asks the server now and then whether somebody has typed it."""

    device_code = ""
    screen = ""

    def handle(self, request: Request) -> Response:
        """Nobody can call a television."""
        return json_response(404, {"error": "not_found", "error_description": "Nobody can call a television."})

    def state(self) -> dict[str, str]:
        return super().state() | ({"on the screen": self.screen} if self.screen else {})

    def device_request(self, scope: str, resource: str) -> Request | None:
        """Ask for the two codes (RFC 8628 §3.1); None if the server has no such endpoint."""
        session, url = self.own, self.servers.get(self.own.issuer, {}).get("device_authorization_endpoint")
        if not url:
            return None
        session.scope, session.resource = scope or self.registration.scope, resource or self.registration.resource
        fields = {"scope": session.scope} | self._identity()
        return form_request(url, fields | ({"resource": session.resource} if self.policy.resource_param == "on" else {}))

    def show(self, response: Response) -> None:
        """Keep the one code, and put the other on the screen."""
        body = response.json if response.ok and isinstance(response.json, dict) else {}
        self.device_code = str(body.get("device_code", ""))
        self.screen = f"{body['verification_uri']}: {body.get('user_code')}" if "verification_uri" in body else ""

    def poll_request(self) -> Request:
        """Ask whether somebody has typed the code and said yes (RFC 8628 §3.4).  Raises Refused."""
        return self._token_request(self.own, {"grant_type": DEVICE_CODE, "device_code": self.device_code})

    def take_answer(self, response: Response) -> None:
        """Keep the tokens, if there are any, and clear the screen once the answer is final (RFC 8628 §3.5)."""
        body, session = response.json if response.ok and isinstance(response.json, dict) else {}, self.own
        if isinstance(body.get("access_token"), str):
            session.tokens[session.resource] = body["access_token"]
            session.bound = str(body.get("token_type")).lower() == "dpop"
            session.refresh_token = str(body.get("refresh_token", ""))
        if response.error not in ("authorization_pending", "slow_down"):
            self.screen = ""
