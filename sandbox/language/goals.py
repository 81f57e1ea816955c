"""What a step must bring, what a learner is asked before it, and what the attacker is after."""

from __future__ import annotations

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from sandbox.core.forms import Form, refuse
from sandbox.language.asks import Message
from sandbox.verbs.names import BrowserName, ClientName, Person, members
from sandbox.verbs.values import Url

GRACE = 60  # seconds after a kill from which a credential that still works counts as LATE
PREDICATES = ("read", "write", "session", "late", "credential", "pii", "denied", "ssrf")


class Expect(Form):
    """What the step's last answer to its actor must be."""

    status: int | None = Field(None, ge=100, le=599)
    error: Annotated[str, Field(pattern=r"^[a-z_]{1,60}$")] | None = None
    page: Literal["login", "consent", "device", "logout", "app", "error"] | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.status is None and self.error is None and self.page is None:
            raise refuse("this `expect` expects nothing", "write status, error or page, or remove it")
        return self

    @property
    def success(self) -> bool:
        """Whether nothing here asks for a refusal."""
        return (self.status or 200) < 400 and self.error is None and self.page != "error"


class Predict(Form):
    """A question to answer before the step is shown; the run says which answer is right."""

    question: str = Field(min_length=1, max_length=240, description="a question that can be answered before the step is shown")
    accepted: str = Field(min_length=1, max_length=300, description="the answer if nothing is refused")
    refused: str = Field(min_length=1, max_length=300, description="the answer if something is refused")
    about: Message | None = Field(
        None,
        description="which of the step's requests the question is about, as STEP/budget>auth:POST /token; the first one, by default",
    )


def _marker(text: str) -> str:
    owner, _, what = text.partition(":")
    if owner not in members("person", "attacker") or not re.fullmatch(r"[a-z0-9][a-z0-9_-]*", what):
        raise refuse(f"`{text}` is not something a person owns", "write owner:thing, such as alice:account-1")
    return text


Marker = Annotated[str, Field(max_length=80), AfterValidator(_marker)]
StepId = Annotated[str, Field(max_length=40)]


class Session(Form):
    """A session at `client`, in `browser`, that belongs to `user`."""

    client: ClientName = Field(description="a client, such as budget")
    browser: BrowserName = Field(description="a browser, such as laptop")
    user: Person = Field(description="a person, such as alice")


class Goal(Form):
    """One thing the attacker is after: exactly one of the predicates, and the step `at` which the trace must show it."""

    read: Marker | None = Field(None, description="what reaches her in an answer, as owner:thing, such as alice:account-1")
    write: Marker | None = Field(None, description="what she changes, as owner:thing")
    session: Session | None = Field(None, description="a session that believes it is somebody else's")
    late: StepId | None = Field(None, description="the id of the step that ended the access which still works")
    credential: Marker | None = Field(None, description="what she can log in with afterwards, such as alice:password")
    pii: Marker | None = Field(None, description="what somebody learns who has no right to it, such as alice:email")
    denied: StepId | None = Field(None, description="the id of the honest step that is refused")
    ssrf: Url | None = Field(None, description="the address that a server is made to ask")
    at: StepId = Field(description="the id of the step at which it is reached")
    after: StepId | None = Field(None, description="the id of a step; what is reached before it is her right, and does not count")
    grace: int | None = Field(
        None, ge=0, le=86_400, description=f"of late: how many seconds access may outlive its end; {GRACE} if not said"
    )

    @model_validator(mode="after")
    def _one_predicate(self) -> Self:
        given = [p for p in PREDICATES if getattr(self, p) is not None]
        if len(given) != 1:
            found = " and ".join(f"`{p}`" for p in given) or "none"
            raise refuse(
                f"a goal names exactly one thing to reach; here there is {found}",
                f"keep one of {', '.join(PREDICATES)}, and make the rest goals of their own",
            )
        if self.grace is not None and self.late is None:
            raise refuse("`grace` belongs to `late`", "remove it: only access that has been ended can end late")
        return self

    @property
    def predicate(self) -> str:
        """read, write, session, late, credential, pii, denied or ssrf."""
        return next(p for p in PREDICATES if getattr(self, p) is not None)

    @property
    def what(self) -> str:
        """The target of the goal, as text."""
        if self.session is not None:
            return f"{self.session.client} in {self.session.browser} as {self.session.user}"
        return str(getattr(self, self.predicate))
