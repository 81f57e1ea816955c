"""The same chain of calls between services in four designs: what `call_chain.yaml` says, and the numbers that its runs give.

Whether the attacks come to what is claimed is for a test to find out, not for this module.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from sandbox.core.forms import Form, refuse
from sandbox.core.memo import memo
from sandbox.engine import player, simulation
from sandbox.engine.case import Case
from sandbox.engine.result import Word
from sandbox.language import library, table
from sandbox.language.document import Prose, Switches
from sandbox.protocol.cast import instances
from sandbox.protocol.settings import Settings
from sandbox.protocol.switches import UnknownSetting
from sandbox.protocol.trace import Answered, Checked, Sent, of
from sandbox.studies import costs
from sandbox.studies.comparison import known_profile, known_scenario

FILE = Path(__file__).with_suffix(".yaml")
Story = Annotated[str, AfterValidator(known_scenario)]


class Finds(Form):
    """What the flow and the two attacks come to."""

    flow: Word
    opens: Word
    ends: Word


class Measured(Form):
    """What one design comes to, in its runs: written in the table, and measured anew by a test.

    `named` of the `callers`: how many services of the chain the last API can tell; `vouched`: whether the issuer says for whom they call,
    and not the caller itself.  `opened` of `tried`: the APIs that a stolen credential opens for somebody who never came.  `over`: for how
    many seconds it works after the operator has ended it (None: for ever), and `asking` the same where the APIs ask the issuer at each
    request.  `size`: bytes of the largest credential between services; `messages` and `lookups` of one call, on average, without the keys
    that are fetched once.
    """

    named: int = Field(ge=0)
    callers: int = Field(ge=1)
    vouched: bool
    opened: int = Field(ge=0)
    tried: int = Field(ge=1)
    over: int | None = None
    asking: int | None = None
    size: int = Field(ge=1)
    messages: float = Field(ge=1)
    lookups: float = Field(ge=0)


class Design(Form):
    """One way in which services call each other."""

    name: Prose = Field(min_length=1, max_length=40)
    says: Prose = Field(min_length=1, max_length=200)
    switches: Switches
    finds: Finds
    measured: Measured


class CallChain(Form):
    """The designs, the `flow` that is the chain, an attack that `opens` what a service can reach, and one that goes on after it `ends`."""

    title: Prose = Field(min_length=1, max_length=60)
    about: Prose = Field(min_length=1, max_length=300)
    profile: Annotated[str, AfterValidator(known_profile)]
    flow: Story
    opens: Story
    ends: Story
    designs: tuple[Design, ...] = Field(strict=False, min_length=2, max_length=4)

    @model_validator(mode="after")
    def _settings_exist(self) -> Self:
        for design in self.designs:
            try:
                self.settings(design)
            except UnknownSetting as error:
                raise refuse(str(error), "see oauth-sandbox switches") from None
        return self

    def settings(self, design: Design) -> Settings:
        """The setting of a design.  Raises UnknownSetting."""
        return Settings.of(self.profile, design.switches)

    def case(self, story: str, design: Design) -> Case:
        """One of the stories in one of the designs."""
        return Case(library.get(story), self.settings(design))


def loads(text: str | bytes, name: str = FILE.name) -> CallChain:
    """The table from text.  ScenarioError, with line and column."""
    return table.loads(CallChain, text, name)


@memo("table", 1)
def shipped() -> CallChain:
    """The one that comes with the sandbox."""
    return loads(FILE.read_bytes())


def measure(chain: CallChain, design: Design) -> Measured:
    """All numbers of one design."""
    flow, apis = player.play(chain.case(chain.flow, design)).events, instances("rs")
    good = {a.exchange for a in of(flow, Answered) if a.response.ok}
    sent = [s for s in of(flow, Sent) if s.sender in apis and s.exchange in good and s.request.path != "/jwks"]
    calls = [s for s in sent if s.receiver in apis]
    last = [c.found for c in of(flow, Checked, calls[-1].step) if c.check == "caller"]
    opens = simulation.run_case(chain.case(chain.opens, design)).verdict.predicates
    credentials = (c[1] for s in calls if (c := s.request.credential()))
    return Measured(
        named=len(set(re.findall(r"\w+", last[-1])) & set(apis)),
        callers=len({s.sender for s in calls}),
        vouched="says" not in last[-1],
        opened=sum(g.reached for g in opens),
        tried=len(opens),
        over=_seconds(ends := chain.case(chain.ends, design)),
        asking=_seconds(ends.at_least({"INTRO": "on"})),
        size=max(map(len, credentials)),
        messages=len(sent) / len(calls),
        lookups=sum(s.request.path in ("/introspect", "/denylist", "/roles") for s in sent) / len(calls),
    )


def _seconds(case: Case) -> int | None:
    """For how many seconds what was stolen works; None for ever."""
    found = costs.exposure_in(case)
    return 0 if found.stopped else found.seconds
