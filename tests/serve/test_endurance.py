"""`serve` under many clients at once: every answer is checked, and memory stays where it is.

A few flows in `make test`, many in `make long`, which prints what it saw.
As shipped, a server remembers 50 000 tokens, more than these flows issue: memory grows by what it remembers of each flow.  With a
limit that is reached during the warm-up it stays where it is.
"""

from __future__ import annotations

import itertools
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jwt
import pytest
import requests

from sandbox.core.clock import WallClock
from sandbox.protocol.proofs import prove
from sandbox.protocol.tokens import key_for, sha256
from tests.support.dice import dice
from tests.support.effort import effort
from tests.support.real import CALLBACK, CLIENTS, PUBLIC, SECRET, Person, address, metadata, parameters, started

FLOWS = effort(240, long=6_000)
CLIENTS_AT_ONCE = 6
WARM = 0.4  # of the flows; what is loaded once is loaded then
PER_FLOW, SLACK = 10, 16 * 1024  # KiB: remembered of a flow (two or three tokens, a code, a grant); of the latest messages, of caches
PLATEAU = 1.3  # how much larger the memory may be at the end than after the warm-up, where all limits are reached by then
FEW = "from sandbox.world.parties import limits as l; l.ISSUED = l.KEPT = 50; l.forget_oldest.__defaults__ = l.full.__defaults__ = (50,)"
BEARER_TOO = ("--set", "rs.dpop=accept-both")


class Wrong(AssertionError):
    """An answer that is not the right one."""


def expect(answer: requests.Response, status: int, error: str | None = None) -> Any:
    """The body, if the answer is that."""
    body = answer.json() if answer.content else {}
    if (answer.status_code, body.get("error")) != (status, error):
        raise Wrong(f"{answer.request.method} {answer.url}: expected {status} {error}, found {answer.status_code} {answer.text[:200]}")
    return body


def same(found: Any, expected: Any) -> None:
    if found != expected:
        raise Wrong(f"expected {expected}, found {found}")


class Client:
    """One client of somebody, with a person in front of it; `who` changes from flow to flow."""

    def __init__(self, number: int, base: str, at: dict[str, Any], keys: jwt.PyJWKClient) -> None:
        self.base, self.at, self.keys, self.rng = base, at, keys, dice(number)
        self.http = requests.Session()
        self.people = {name: Person(name) for name in ("alice", "mallory")}
        self.number, self.count, self.key = number, itertools.count(), key_for("0", f"client {number}")
        self.auth: tuple[str, str] | None = None
        self.who = "alice"

    def flow(self) -> str:
        """One flow of one kind, all of it checked; its name."""
        self.who, self.auth = self.rng.choice(("alice", "mallory")), self.rng.choice((None, ("web", SECRET)))
        if self.rng.random() < 0.2:
            self.people[self.who] = Person(self.who)  # a new browser: signs in again
        kind = self.rng.choice(KINDS)
        kind(self)
        return f"{kind.__name__}, {'confidential' if self.auth else 'public'}"

    # ---- what every flow is made of
    def code(self) -> tuple[str, str]:
        """A fresh code and its verifier."""
        mark = f"{self.number}-{next(self.count)}"
        verifier = f"{mark:v>43}"
        query = {
            "response_type": "code",
            "client_id": self.id,
            "redirect_uri": CALLBACK,
            "scope": "openid read",
            "state": mark,
            "nonce": mark,
        }
        url = address(self.at["authorization_endpoint"], **query, code_challenge=sha256(verifier), code_challenge_method="S256")
        back = parameters(self.people[self.who].visit(url))
        same((back["state"], back["iss"]), (mark, self.at["issuer"]))
        return back["code"], verifier

    @property
    def id(self) -> str:
        return self.auth[0] if self.auth else PUBLIC

    def post(
        self, endpoint: str, auth: tuple[str, str] | None = None, headers: dict[str, str] | None = None, **fields: str
    ) -> requests.Response:
        auth = auth or self.auth
        given = fields if auth else {"client_id": PUBLIC} | fields
        return self.http.post(self.at[f"{endpoint}_endpoint"], given, auth=auth, headers=headers, timeout=60)

    def redeem(self, code: str, verifier: str, **more: Any) -> requests.Response:
        return self.post("token", grant_type="authorization_code", redirect_uri=CALLBACK, code=code, code_verifier=verifier, **more)

    def refresh(self, token: str) -> requests.Response:
        return self.post("token", grant_type="refresh_token", refresh_token=token)

    def tokens(self) -> dict[str, Any]:
        code, verifier = self.code()
        body: dict[str, Any] = expect(self.redeem(code, verifier), 200)
        claims = jwt.decode(
            body["id_token"], self.keys.get_signing_key_from_jwt(body["id_token"]), ["ES256"], audience=self.id, issuer=self.at["issuer"]
        )
        same((claims["sub"], claims["nonce"]), (self.who, verifier.lstrip("v")))
        return body

    def get(self, url: str, token: str, scheme: str = "Bearer", **headers: str) -> requests.Response:
        return self.http.get(url, headers={"Authorization": f"{scheme} {token}"} | headers, timeout=60)

    def active(self, token: str) -> bool:
        body = expect(self.post("introspection", ("accounts", "accounts-secret"), token=token), 200)
        if body["active"]:
            same((body["sub"], body["client_id"]), (self.who, self.id))
        return bool(body["active"])

    # ---- the flows
    def sign_in_and_call(self) -> None:
        token = self.tokens()["access_token"]
        same(expect(self.get(self.at["userinfo_endpoint"], token), 200)["sub"], self.who)
        same(expect(self.get(f"{self.base}/accounts/accounts", token), 200)["owner"], self.who)
        expect(self.get(f"{self.base}/transactions/transactions", token), 401, "invalid_token")  # not for them
        same(self.active(token), True)

    def bound_to_a_key(self) -> None:
        code, verifier = self.code()
        body = expect(self.redeem(code, verifier, headers={"DPoP": self.proof("POST", self.at["token_endpoint"])}), 200)
        same(body["token_type"], "DPoP")
        url, token = f"{self.base}/accounts/accounts", body["access_token"]
        proof = self.proof("GET", url, token)
        same(expect(self.get(url, token, "DPoP", DPoP=proof), 200)["owner"], self.who)
        expect(self.get(url, token, "DPoP", DPoP=proof), 401, "invalid_dpop_proof")  # a replay

    def proof(self, method: str, url: str, token: str | None = None) -> str:
        return prove(self.key, method, url, WallClock().now(), f"{self.number}-{next(self.count)}", token)

    def refresh_with_rotation(self) -> None:
        body = self.tokens()
        new = expect(self.refresh(body["refresh_token"]), 200)
        same(self.active(new["access_token"]), True)
        newest = expect(self.refresh(new["refresh_token"]), 200)
        expect(self.refresh(body["refresh_token"]), 400, "invalid_grant")  # reuse: two holders, so the family dies
        expect(self.refresh(newest["refresh_token"]), 400, "invalid_grant")
        same(self.active(newest["access_token"]), False)

    def revoke(self) -> None:
        body = self.tokens()
        expect(self.post("revocation", token=body["refresh_token"]), 200)
        same(self.active(body["access_token"]), False)
        expect(self.get(self.at["userinfo_endpoint"], body["access_token"]), 401, "invalid_token")
        expect(self.refresh(body["refresh_token"]), 400, "invalid_grant")

    def what_must_be_refused(self) -> None:
        code, verifier = self.code()
        expect(self.redeem(code, "w" * 43), 400, "invalid_grant")
        expect(self.redeem(code, ""), 400, "invalid_request")
        expect(self.redeem(code, verifier, auth=("web", "wrong")), 401, "invalid_client")
        expect(self.redeem(code, verifier, auth=("evil_app", "quiz-4Hw9kL2cR7vd")), 400, "invalid_grant")  # another client's code
        token = expect(self.redeem(code, verifier), 200)["access_token"]
        expect(self.redeem(code, verifier), 400, "invalid_grant")
        same(self.active(token), False)  # what the first use of the code has yielded is dead
        expect(self.get(f"{self.base}/accounts/accounts", "x.y.z"), 401, "invalid_token")
        expect(self.post("introspection", ("accounts", "wrong"), token=token), 401, "invalid_client")


KINDS: tuple[Callable[[Client], None], ...] = (
    Client.sign_in_and_call,
    Client.bound_to_a_key,
    Client.refresh_with_rotation,
    Client.revoke,
    Client.what_must_be_refused,
)


class Load:
    """Several clients at once, each through its share of the flows: which they were, and which answers were wrong."""

    def __init__(self, base: str) -> None:
        self.base, self.at = base, metadata(base)
        self.keys = jwt.PyJWKClient(self.at["jwks_uri"])
        self.flows: Counter[str] = Counter()
        self.wrong: list[str] = []

    def work(self, number: int, warm: threading.Barrier) -> None:
        client, each = Client(number, self.base, self.at, self.keys), FLOWS // CLIENTS_AT_ONCE
        for n in range(each):
            if n == int(each * WARM):
                warm.wait()
            try:
                self.flows[client.flow()] += 1
            except Exception as error:  # whatever it is, it is no right answer
                self.wrong.append(f"{type(error).__name__}: {error}")

    def run(self, pid: int) -> tuple[int, int, int]:
        """The memory of the server after the warm-up and at the end, in KiB, and the flows in between."""
        warm: list[tuple[int, int]] = []
        barrier = threading.Barrier(CLIENTS_AT_ONCE, lambda: warm.append((resident(pid), self.flows.total())))
        threads = [threading.Thread(target=self.work, args=(number, barrier)) for number in range(CLIENTS_AT_ONCE)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return warm[0][0], resident(pid), self.flows.total() - warm[0][1]


def resident(pid: int) -> int:
    """VmRSS in KiB; 0 where the system does not say."""
    status = Path(f"/proc/{pid}/status")
    lines = status.read_text(encoding="ascii").splitlines() if status.exists() else []
    return next((int(line.split()[1]) for line in lines if line.startswith("VmRSS")), 0)


@pytest.mark.slow
@pytest.mark.parametrize("limits", ["", FEW], ids=["as shipped", "limits reached"])
def test_every_answer_is_right_and_memory_is_bounded_under_concurrent_flows(limits: str) -> None:
    with started(*BEARER_TOO, *CLIENTS, first=limits) as (base, pid):
        load = Load(base)
        warm, end, since = load.run(pid)
    number = load.flows.total()
    print(f"\n{number} flows, {CLIENTS_AT_ONCE} clients, {len(load.wrong)} wrong answers, memory {warm} -> {end} KiB")
    print("\n".join(f"  {count:6} {name}" for name, count in sorted(load.flows.items())))
    assert load.wrong == []
    assert len(load.flows) >= len(KINDS), load.flows
    assert end <= (warm * PLATEAU if limits else warm + SLACK + PER_FLOW * since)
