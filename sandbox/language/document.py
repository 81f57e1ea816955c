"""What a scenario file may say: its models.

The verbs' arguments stand with the verbs; `schema.py` publishes all of it, `loader.py` reads files.  Nothing is run here, and whether
a file's claims are true is for the engine to find out.
"""

from __future__ import annotations

import hashlib
import re
from functools import cached_property
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
    model_validator,
)

from sandbox.core.forms import Form, refuse, suggestion
from sandbox.core.text import short
from sandbox.language.asks import FACTS, Ask, fact
from sandbox.language.goals import Expect, Goal, Predict
from sandbox.language.powers import Can
from sandbox.protocol.cast import CAST
from sandbox.protocol.checks import CHECKS
from sandbox.protocol.settings import MECHANISMS, Settings
from sandbox.protocol.switches import PROFILES
from sandbox.verbs.names import ClientName, Party
from sandbox.verbs.table import VERBS, deed
from sandbox.verbs.verb import Args, Verb

ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
NAME = re.compile(r"[a-z][a-z0-9_]*")
REF = re.compile(r"RFC \d{1,5}( §[\w.]+)?|OIDC [A-Za-z -]+ §[\w.]+|draft-[a-z0-9-]+ §[\w.]+")
ANSWER = re.compile(r"[1-5]\d\d( [a-z_]+)?|nothing learned|not sent|not shown|not denied")
Difficulty = Literal["beginner", "intermediate", "advanced"]
DIFFICULTIES: dict[Difficulty, str] = {"beginner": "Beginner", "intermediate": "Intermediate", "advanced": "Advanced"}  # the easiest first
Target = Literal["sign-in", "signature", "token", "log-out", "gateway", "data"]
TARGETS: dict[Target, str] = {  # what an attack aims at, in the order in which lists show it
    "sign-in": "The sign-in",
    "signature": "The signature",
    "token": "The token in use",
    "log-out": "The log-out",
    "gateway": "The gateway",
    "data": "Data and permissions",
}

Prose = Annotated[str, AfterValidator(str.strip)]


def _ref(text: str) -> str:
    if not REF.fullmatch(text):
        raise refuse(f"`{short(text)}` does not name a section", "write it as RFC 9700 §4.10.2, OIDC Core §3.1.3.7 or draft-name §5.1")
    return text


def _name(text: str) -> str:
    if not NAME.fullmatch(text) or len(text) > 40:
        raise refuse(f"`{short(text)}` cannot be a name here", "use small letters, digits and _, beginning with a letter")
    return text


def _mechanism(name: str) -> str:
    if name not in MECHANISMS:
        raise refuse(f"there is no mechanism `{short(name)}`", suggestion(name, MECHANISMS) or f"write one of {', '.join(MECHANISMS)}")
    return name


def _claimed(client: str) -> str:
    """An app can claim another app's scheme (RFC 8252 §8.1); an https address, which is harder to claim, nobody can here."""
    if not CAST[client].host.endswith(":"):
        native = [m.name for m in CAST.values() if m.kind == "client" and m.host.endswith(":")]
        raise refuse(f"no app can claim the links of `{client}`: they are https addresses", f"write {' or '.join(native)}")
    return client


def _by(text: str) -> str:
    party, _, check = text.partition(".")
    if not NAME.fullmatch(check):
        raise refuse(f"`{short(text)}` does not say which check of which party", "write party.check, such as accounts.audience")
    if party not in CAST:
        raise refuse(f"there is no party `{short(party)}`", suggestion(party, CAST) or f"write one of {', '.join(CAST)}")
    if check not in CHECKS:
        raise refuse(f"there is no check `{short(check)}`", suggestion(check, CHECKS) or "`oauth-sandbox howto` lists all checks")
    return text


def _answer(text: str) -> str:
    if not ANSWER.fullmatch(text):
        raise refuse(
            f"`{short(text)}` is not an answer",
            "write STATUS or STATUS error, such as 401 invalid_token, or: nothing learned, not sent, not shown",
        )
    return text


def _id(text: str) -> str:
    if not ID.fullmatch(text) or len(text) > 60:
        raise refuse(f"`{short(text)}` cannot be the id of a scenario", "use small letters, digits and -, as in stolen-token-replay")
    return text


Ref = Annotated[str, AfterValidator(_ref)]
Id = Annotated[str, AfterValidator(_id)]
Name = Annotated[str, AfterValidator(_name)]
Mechanism = Annotated[str, AfterValidator(_mechanism)]
Fact = Annotated[str, AfterValidator(fact)]
By = Annotated[str, AfterValidator(_by), WithJsonSchema({"$ref": "#/$defs/By"})]
Answer = Annotated[
    str,
    BeforeValidator(lambda v: str(v) if type(v) is int else v),
    AfterValidator(_answer),
    WithJsonSchema({"type": ["string", "integer"], "pattern": f"^({ANSWER.pattern})$"}),
]
Do = Annotated[str, AfterValidator(lambda text: deed(text) and text)]
Claimed = Annotated[ClientName, AfterValidator(_claimed)]
Switches = dict[str, str]


# ---- the models


class Attacker(Form):
    """Who attacks, what she can do, and what is in her hands from the beginning."""

    is_: Prose = Field(alias="is", min_length=1, max_length=160, description="who she is, such as: someone who reads the logs")
    can: tuple[Can, ...] = Field((), strict=False, max_length=40, description="what she can do, such as [account, lures, log.accounts]")
    operates: tuple[Party, ...] = Field((), strict=False, max_length=10, description="parties that are hers in this story")
    claims: tuple[Claimed, ...] = Field((), strict=False, max_length=10, description="native apps whose links she takes")
    reaches: tuple[Literal["internal"], ...] = Field((), strict=False, max_length=1, description="zones of the network that let her in")
    knows: dict[Name, Fact] = Field(
        default_factory=dict,
        max_length=10,
        description=f"name: party.fact, what she knows from the beginning; facts are {', '.join(FACTS)}",
    )


class Setting(Form):
    """The setting in which the file is told: a profile, and switches that differ from it."""

    profile: str = Field(description=f"one of {', '.join(PROFILES)}")
    switches: Switches = Field(default_factory=dict, max_length=60)


class Step(Form):
    """One thing that somebody does.  `args` are the verb's arguments (`with` in the file)."""

    id: Name = Field(description="a short name of this step")
    do: Do = Field(description="actor.verb, such as app.sign_in")
    args: Args = Field(default_factory=dict, alias="with", validate_default=True)
    say: Prose = Field(min_length=1, max_length=400, description="one sentence that says what happens")
    expect: Expect | None = Field(None, description="what its last answer must be")
    predict: Predict | None = Field(None, description="a question to answer first")
    ask: tuple[Ask, ...] = Field((), strict=False, max_length=3, description="more questions, whose right answers a run gives")
    optional: bool = Field(False, description="left out where a profile has no such thing")
    control: bool = Field(False, description="an honest step that must work whatever the defence")

    @field_validator("args", mode="plain", json_schema_input_type=dict[str, Any])
    @classmethod
    def _of_the_verb(cls, value: Any, info: ValidationInfo) -> Args:
        """The errors of the arguments keep their places below `with`; if `do` is wrong there is nothing to compare with."""
        if not (do := info.data.get("do")):
            return Args()
        actor, verb = deed(do)
        args: Args = verb.args.model_validate(value)
        args.suits(actor)
        return args

    @classmethod
    def model_under(cls, key: str, data: Any) -> type[Form] | None:
        """The arguments are those of the verb; pydantic calls them args where the file has no `with`."""
        return deed(data["do"])[1].args if key in ("with", "args") else None

    @property
    def actor(self) -> str:
        return self.do.partition(".")[0]

    @property
    def verb(self) -> str:
        return self.do.partition(".")[2]

    @property
    def spec(self) -> Verb[Any]:
        return VERBS[self.verb]


class Stopped(Form):
    """Where a defence shows: at which step, by which check of which party, with which answer."""

    at: str = Field(description="the id of the step that is stopped")
    by: By | None = Field(None, description="party.check that refuses, such as accounts.audience")
    answer: Answer = Field(description="the answer, such as 401 invalid_token, or: nothing learned")

    @model_validator(mode="after")
    def _who(self) -> Self:
        silent = self.answer in ("nothing learned", "not denied")
        if silent and self.by is not None:
            raise refuse("where nothing is learned, no check decides", "remove `by`, or write the answer of that check")
        if not silent and self.by is None:
            raise refuse("`by` is missing", "add `by: party.check`, such as accounts.audience")
        return self


class Defence(Stopped):
    """A set of switches that, added to the setting, blocks the attack.

    A principal one is the cure: it blocks every known way.  An incidental one stops this story by a side effect, and no advice
    rests on it.
    """

    kind: Literal["principal", "incidental"] = Field("principal", description="principal (the cure) or incidental (a side effect)")
    switches: Switches = Field(min_length=1, max_length=20, description="the switches that block, such as {AUD: on}")
    also: tuple[Stopped, ...] = Field((), strict=False, max_length=10)
    because: Prose = Field(min_length=1, max_length=300, description="why it stops there, in one sentence")


class Limit(Form):
    """Switches that do not block the attack but end it after at most `window` seconds: that is its exposure."""

    switches: Switches = Field(min_length=1, max_length=20, description="the switches that limit, such as {as.short_ttl: on}")
    exposure: int = Field(
        alias="window", gt=0, le=900, description="the exposure: for how many seconds, at most, what was stolen or revoked still works"
    )
    because: Prose = Field(min_length=1, max_length=300, description="what ends it, in one sentence")


class Myth(Form):
    """What people believe protects them here, and does not."""

    switches: Switches = Field(default_factory=dict, max_length=20)
    believed: Prose = Field(min_length=1, max_length=160, description="what people say, in one sentence")
    because: Prose = Field(
        "", max_length=300, description="why it does not help, in one sentence; may be missing only beside `outcome`, which says it"
    )
    outcome: Literal["breaks-service"] | None = Field(
        None, description="what the switches do, where it is not that the attack still succeeds; shown instead of nothing"
    )

    @model_validator(mode="after")
    def _says_why(self) -> Self:
        if not self.because and self.outcome is None:
            raise refuse("`because` is missing", "add `because:` (why it does not help, in one sentence)")
        if self.outcome is not None and not self.switches:
            raise refuse("an outcome can only be observed with switches", "add `switches`, or say it in `because`")
        return self


class Document(Form):
    """A scenario file of OAuth Sandbox: one story, its steps, and the claims about it."""

    retired: ClassVar[dict[str, str]] = {"tier": "write `difficulty: beginner`, intermediate or advanced, if the file is a lesson"}

    title: Prose = Field(min_length=1, max_length=120, description="a short title")
    story: Prose = Field(min_length=1, max_length=400, description="what happens, in one or two sentences")
    lesson: Prose = Field(min_length=1, max_length=1200, description="what to take home")
    refs: tuple[Ref, ...] = Field(strict=False, min_length=1, max_length=12, description="a list of sections, such as [RFC 9700 §4.10.2]")
    difficulty: Difficulty | None = Field(None, description="how much it asks of the learner")
    minutes: int | None = Field(None, ge=1, le=120, description="how long a learner needs who plays it alone")
    after: tuple[Id, ...] = Field((), strict=False, max_length=6, description="ids of shipped scenarios that a learner should know first")
    target: Target | None = Field(None, description="what the attack aims at")
    way_of: Id | None = Field(None, description="the id of a shipped attack: this is another way to its goal, by the same powers")
    control: bool = Field(False, description="a flow that must work whatever the defence")
    needs: tuple[Mechanism, ...] = Field((), strict=False, max_length=6, description="mechanisms without which it means nothing")
    attacker: Attacker | None = None
    setting: Setting = Field(description="{profile: oauth-bcp}, or another profile, and switches")
    steps: tuple[Step, ...] = Field(strict=False, min_length=1, max_length=60, description="a list of steps, each with id, do and say")
    goal: tuple[Goal, ...] = Field((), strict=False, max_length=6)
    blocked_by: tuple[Defence, ...] = Field((), strict=False, max_length=20)
    limited_by: tuple[Limit, ...] = Field((), strict=False, max_length=20)
    myths: tuple[Myth, ...] = Field((), strict=False, max_length=30)
    unsearched: Prose | None = Field(
        None, min_length=1, max_length=300, description="why the search for other ways does not find this one, in one sentence"
    )


class Scenario(Document):
    """A scenario that has passed all checks, with its id and source text.  Equal and hashable by these two."""

    id: str
    source: str = Field(repr=False)

    def __hash__(self) -> int:
        return hash((self.id, self.digest))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Scenario) and (self.id, self.digest) == (other.id, other.digest)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the source text, in hex."""
        return hashlib.sha256(self.source.encode()).hexdigest()

    @cached_property
    def settings(self) -> Settings:
        """The setting in which the file is told."""
        return Settings.of(self.setting.profile, self.setting.switches)

    @property
    def is_flow(self) -> bool:
        """Whether nobody is after anything: every expectation must hold."""
        return not self.goal

    @property
    def kind(self) -> Literal["flow", "attack", "way", "control"]:
        """A way is an attack that shares the goal of another one, and its place in every count."""
        attack: Literal["attack", "way"] = "way" if self.way_of else "attack"
        return "control" if self.control else attack if self.goal else "flow"

    def step(self, step: str) -> Step:
        """The step with this id; KeyError if there is none."""
        return next((s for s in self.steps if s.id == step), None) or self._missing(step)

    def _missing(self, step: str) -> Step:
        raise KeyError(step)

    def is_hers(self, party: str) -> bool:
        """Whether this party is under the attacker's control, always or in this scenario."""
        return hers(party, self.attacker)


def hers(party: str, attacker: Attacker | None) -> bool:
    """Whether this party is under the attacker's control."""
    return party in CAST and (CAST[party].hers or (attacker is not None and party in attacker.operates))
