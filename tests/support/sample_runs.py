"""Hand-made runs for the tests of everything that shows a run: no engine, no cryptography, always the same.

Budget signs Alice in and reads her accounts; then the accounts service replays the token at transactions.
"""

from __future__ import annotations

import base64
import json
from collections import Counter
from types import SimpleNamespace
from typing import Any

from sandbox.core.clock import START
from sandbox.core.wire import Request, Response, form_request, json_response
from sandbox.engine.case import Case
from sandbox.engine.result import Counters, Reached, Run, Stop, Verdict
from sandbox.protocol.settings import Settings
from sandbox.protocol.trace import Answered, Checked, Learned, Noted, Sent, StepSkipped, StepStarted, TimePassed, Trace

AUTH, BUDGET = "https://auth.connectsphere.example", "https://budget.example"
ACCOUNTS, TRANSACTIONS = "https://accounts.connectsphere.example", "https://transactions.connectsphere.example"
CODE, VERIFIER, STATE = "SplxlOBeZQQYbYS6WxSbIA", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", "af0ifjsldkj2Kq"
CHALLENGE, REFRESH = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", "tGzv3JOkF0XG5Qx2TlKWIA8z2"
FULL = {"pass": "", "fail": "", "skipped": ""}


def jwt(header: dict[str, Any], claims: dict[str, Any]) -> str:
    parts = (base64.urlsafe_b64encode(json.dumps(p, separators=(",", ":")).encode()).rstrip(b"=").decode() for p in (header, claims))
    return ".".join((*parts, "XkY0aGFkZWxpY2lvdXNzaWduYXR1cmVXa1kwYUdGa1pXeHBZMmx2ZFhOemFXZHVZWFIxY21V"))


TOKEN = jwt(
    {"alg": "ES256", "typ": "at+jwt", "kid": "2027-01"},
    {
        "iss": AUTH,
        "sub": "alice",
        "aud": ACCOUNTS,
        "client_id": "budget",
        "scope": "accounts:read",
        "iat": START,
        "nbf": START,
        "exp": START + 300,
        "jti": "c0ffee01",
    },
)


class Story:
    """Writes a trace the way the network does."""

    def __init__(self) -> None:
        self.trace = Trace(START)
        self.counted: Counter[str] = Counter()

    def step(self, step: str, do: str, say: str) -> None:
        self.trace.step = step
        self.trace.add(StepStarted, do, say)

    def send(self, sender: str, receiver: str, request: Request, channel: str = "back") -> int:
        number, self.trace.exchanges = self.trace.exchanges, self.trace.exchanges + 1
        self.trace.add(Sent, number, self.named(sender, receiver, f"{request.method} {request.path}"), sender, receiver, channel, request)
        return number

    def named(self, sender: str, receiver: str, name: str) -> str:
        base = f"{self.trace.step}/{sender}>{receiver}:{name}"
        self.counted[base] += 1
        return f"{base}#{self.counted[base]}"

    def answer(self, number: int, response: Response) -> None:
        sent = next(e for e in self.trace.events if isinstance(e, Sent) and e.exchange == number)
        name = self.named(sent.receiver, sent.sender, f"answer {sent.request.method} {sent.request.path}")
        self.trace.add(Answered, number, name, sent.receiver, sent.sender, sent.channel, response)

    def ask(self, sender: str, receiver: str, request: Request, response: Response, channel: str = "back") -> None:
        self.answer(self.send(sender, receiver, request, channel), response)

    def check(self, party: str, *checks: tuple[str, str, str, str]) -> None:
        for name, outcome, expected, found in checks:
            self.trace.add(Checked, party, name, outcome, expected, found)

    def learn(self, party: str, source: str, **values: str) -> None:
        for name, value in values.items():
            self.trace.add(Learned, party, name, value, source)

    def state(self, party: str, **entries: str) -> None:
        self.trace.state(party, entries)


def page(kind: str, text: str = "") -> Response:
    return Response(200, (("Content-Type", "text/html"),), f'<!doctype html><body data-page="{kind}">{text}</body>')


def redirect(to: str, *headers: tuple[str, str]) -> Response:
    return Response(302, (("Location", to), *headers))


def bearer(url: str, token: str = TOKEN) -> Request:
    return Request("GET", url, (("Authorization", f"Bearer {token}"), ("Accept", "application/json")))


def sign_in(s: Story) -> None:
    s.step("login", "budget.sign_in", "Alice connects Budget, and Budget receives an access token.")
    start = s.send("laptop", "budget", Request("GET", f"{BUDGET}/login"), "front")
    s.learn("budget", "made by itself", state=STATE, code_verifier=VERIFIER)
    query = f"response_type=code&client_id=budget&redirect_uri=https%3A%2F%2Fbudget.example%2Fcb&scope=accounts%3Aread&state={STATE}&code_challenge={CHALLENGE}&code_challenge_method=S256"
    s.answer(start, redirect(f"{AUTH}/authorize?{query}", ("Set-Cookie", "sid=b-7f3a91; Path=/; Secure; HttpOnly; SameSite=Lax")))
    s.state("budget", sessions="1, waiting", pending=STATE)
    s.ask("laptop", "auth", Request("GET", f"{AUTH}/authorize?{query}"), page("login"), "front")
    login = s.send("laptop", "auth", form_request(f"{AUTH}/login", {"username": "alice", "password": "wonderland"}), "front")
    s.check(
        "auth",
        ("client_known", "pass", "a registered client", "budget"),
        ("redirect_uri", "pass", f"{BUDGET}/cb", f"{BUDGET}/cb"),
        ("password", "pass", "the right password", "right"),
    )
    s.answer(login, redirect(f"{BUDGET}/cb?code={CODE}&state={STATE}", ("Set-Cookie", "op=9f2c41aa; Path=/; Secure; HttpOnly")))
    s.state("auth", codes=f"{CODE[:8]} for budget", sessions="alice on laptop")
    back = s.send("laptop", "budget", Request("GET", f"{BUDGET}/cb?code={CODE}&state={STATE}", (("Cookie", "sid=b-7f3a91"),)), "front")
    s.check("budget", ("state", "pass", STATE, STATE))
    token = s.send(
        "budget",
        "auth",
        form_request(
            f"{AUTH}/token",
            {"grant_type": "authorization_code", "code": CODE, "redirect_uri": f"{BUDGET}/cb", "code_verifier": VERIFIER},
            (("Authorization", "Basic YnVkZ2V0OnMzY3JldC1idWRnZXQ="),),
        ),
    )
    s.check(
        "auth",
        ("client", "pass", "budget and its secret", "budget"),
        ("code", "pass", "issued to budget", "issued to budget"),
        ("code_unused", "skipped", "this setting accepts a code twice", "first use"),
        ("code_verifier", "pass", f"SHA-256 equal to {CHALLENGE}", "equal"),
    )
    s.answer(
        token,
        json_response(
            200,
            {"access_token": TOKEN, "token_type": "Bearer", "expires_in": 300, "refresh_token": REFRESH, "scope": "accounts:read"},
            ("Cache-Control", "no-store"),
        ),
    )
    s.state("auth", sessions="alice on laptop", grants="alice to budget", refresh_tokens=REFRESH[:8])
    s.answer(back, page("app", "Welcome, Alice"))
    s.state("budget", sessions="1, signed in", access_token="valid until 08:05:00")


def call(s: Story) -> None:
    s.step("honest", "budget.call_api", "Budget fetches her accounts. Now the accounts service holds the token, too.")
    get = s.send("budget", "accounts", bearer(f"{ACCOUNTS}/accounts"))
    s.ask(
        "accounts",
        "auth",
        Request("GET", f"{AUTH}/jwks"),
        json_response(200, {"keys": [{"kty": "EC", "crv": "P-256", "kid": "2027-01"}]}),
        "internal",
    )
    s.check(
        "accounts",
        ("algorithm", "pass", "ES256", "ES256"),
        ("signature", "pass", "fits the issuer's key", "fits"),
        ("issuer", "pass", AUTH, AUTH),
        ("audience", "skipped", "rs.check_aud is off", ACCOUNTS),
        ("expiry", "pass", "after 08:00:00", "08:05:00"),
        ("scope", "pass", "accounts:read", "accounts:read"),
    )
    s.answer(
        get,
        json_response(200, {"accounts": [{"id": "alice:account-1", "balance": "120.50"}, {"id": "alice:account-2", "balance": "9.10"}]}),
    )


def replay(s: Story, blocked: bool) -> None:
    s.step("wait", "clock.wait", "A minute passes; the token is still good.")
    s.trace.add(TimePassed, 60)
    s.trace.now += 60
    s.step("leak", "mallory.read", "Mallory reads the request log of the accounts service.")
    s.learn("mallory", "the log of accounts", access_token=TOKEN)
    s.step("replay", "mallory.send", "The compromised accounts service sends the same request on to transactions.")
    get = s.send("accounts", "transactions", bearer(f"{TRANSACTIONS}/transactions"))
    audience = ("audience", "fail" if blocked else "skipped", TRANSACTIONS if blocked else "rs.check_aud is off", ACCOUNTS)
    s.check(
        "transactions", ("signature", "pass", "fits the issuer's key", "fits"), audience, ("expiry", "pass", "after 08:01:00", "08:05:00")
    )
    if blocked:
        s.answer(
            get,
            json_response(
                401,
                {"error": "invalid_token", "error_description": "The token is not for this API."},
                ("WWW-Authenticate", 'Bearer error="invalid_token"'),
            ),
        )
        s.step("again", "mallory.refresh", "Mallory would like a fresh token.")
        s.trace.add(StepSkipped, "refresh_token", "Mallory has no refresh token: it never left Budget.")
    else:
        s.answer(get, json_response(200, {"transactions": [{"id": "alice:transaction-7", "amount": "-42.00"}]}))
        s.trace.add(Noted, "mallory", "Mallory writes down what Alice bought.")


def scenario(id_: str = "audience-replay", **more: Any) -> Any:
    question = SimpleNamespace(
        question="Will transactions accept a token that was handed to accounts?",
        about=None,
        accepted="Yes: the signature is genuine and it has not expired.",
        refused="No: it was issued for accounts.",
    )
    named = (("login", None), ("honest", None), ("wait", None), ("leak", None), ("replay", question), ("again", None))
    steps = tuple(SimpleNamespace(id=i, verb="sign_in", do="", say="", predict=q, ask=()) for i, q in named)
    return SimpleNamespace(
        **{
            "source": "",
            "id": id_,
            "title": "A token for accounts opens transactions",
            "story": "The accounts service reads the transactions.",
            "lesson": "A signature proves who issued a token, not where it may be spent.",
            "refs": ("RFC 9700 §4.10.2",),
            "steps": steps,
            "step": {step.id: step for step in steps}.__getitem__,
            "goal": (object(),),
            "settings": Settings.of("oauth-basic"),
        }
        | more,
    )


def made(story: Story, verdict: Verdict, settings: Settings | None = None, **more: Any) -> Run:
    members = ("laptop", "budget", "auth", "accounts", "transactions", "mallory")
    values: dict[str, Any] = {
        "case": Case(scenario(), settings or Settings.of("oauth-basic")),
        "parties": members,
        "hers": frozenset({"mallory", "accounts"}),
        "events": tuple(story.trace.events),
        "verdict": verdict,
        "counters": Counters(len(TOKEN), 2, 0, story.trace.exchanges),
    }
    return Run(**values | more)


def blocked() -> Run:
    story = Story()
    sign_in(story), call(story), replay(story, blocked=True)
    stop = Stop("replay", "transactions", "audience", 401, "invalid_token")
    goal = (Reached("READ", "alice:transaction-7", "replay", False),)
    return made(
        story,
        Verdict("blocked", "Transactions refused the token: it names accounts as its audience.", goal, stop, (stop,)),
        Settings.of("oauth-basic", {"AUD": "on"}),
    )


def succeeded() -> Run:
    story = Story()
    sign_in(story), call(story), replay(story, blocked=False)
    goal = (Reached("READ", "alice:transaction-7", "replay", True),)
    return made(story, Verdict("succeeded", "Mallory read alice:transaction-7: nobody checked the audience.", goal))


def completed() -> Run:
    """A flow without an attack."""
    story = Story()
    sign_in(story), call(story)
    return made(
        story, Verdict("completed", "Everything worked as expected."), parties=("laptop", "budget", "auth", "accounts"), hers=frozenset()
    )


def nothing() -> Run:
    """A run that has no meaning in its profile: no event at all."""
    return made(Story(), Verdict("not-applicable", "There is no authorization server here."), Settings.of("naive-jwt"), parties=())


def crowded(calls: int = 50) -> Run:
    """Nine lifelines and many messages."""
    members = ("laptop", "phone", "budget", "app", "auth", "accounts", "transactions", "mallory", "mallory_browser")
    story = Story()
    sign_in(story)
    for i in range(calls):
        story.step(f"call{i}", "budget.call_api", f"Call number {i + 1} of a long day, from one machine to another, and back again.")
        a, b = members[i % 9], members[(i * 4 + 1) % 9]
        if a == b:
            continue
        get = story.send(a, b, bearer(f"https://{b}.example/things/{i}"), ("front", "back", "internal")[i % 3])
        story.check(b, ("signature", "pass", "fits", "fits"), ("audience", "skipped", "off", "accounts"))
        story.answer(get, json_response(200, {"id": f"alice:thing-{i}"}))
    return made(story, Verdict("completed", "A long day."), parties=members)


def noted(text: str) -> Run:
    """The text as a step's sentence, as a note, and in the addresses of a message and its answer."""
    story = Story()
    story.step("s", "mallory.send", text)
    story.trace.add(Noted, "mallory", text)
    story.ask(
        "laptop",
        "budget",
        Request("GET", "https://budget.example/" + text),
        redirect("https://budget.example/" + text),
        "front",
    )
    return made(story, blocked().verdict)
