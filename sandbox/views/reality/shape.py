"""The shape of what `inspect --json` prints, from which `schema --inspect` makes its JSON Schema."""

from __future__ import annotations

from typing import Annotated, Any, NotRequired

from pydantic import Field, TypeAdapter
from typing_extensions import TypedDict

from sandbox.reality.answers import Drawer
from sandbox.reality.differing import Sign
from sandbox.reality.finding import State, Tone


class FileData(TypedDict):
    """One of the files."""

    name: str
    kind: Annotated[str, Field(description="recording, metadata, key set, realm, API description, token or client configuration")]
    entries: NotRequired[Annotated[int, Field(description="how many entries of a recording were read")]]
    truncated: NotRequired[Annotated[bool, Field(description="whether the recording breaks off")]]


class EvidenceData(TypedDict):
    """A place in a file."""

    file: Annotated[str, Field(description="empty where there is only one file")]
    at: Annotated[str, Field(description="a place in the entry (request.queryString.state), or a path in the document ($.clients[0])")]
    entry: NotRequired[Annotated[int, Field(description="the entry of a recording, counted from 0 in the order of the file")]]
    value: NotRequired[Annotated[str, Field(description="what stands there, masked")]]


class FindingData(TypedDict):
    """One finding, with what it rests on and what it opens."""

    id: Annotated[str, Field(description="what --fail-on takes")]
    tone: Tone
    state: Annotated[State, Field(description="whether the thing is seen, or seen to be absent")]
    title: str
    says: Annotated[str, Field(description="in the words of these files")]
    check: Annotated[str, Field(description="what must be so")]
    ref: Annotated[str, Field(description="where that is written")]
    attacks: Annotated[list[str], Field(description="ids of attacks that it opens; --fail-on takes them, too")]
    evidence: list[EvidenceData]


class AboutData(TypedDict):
    """What the files say about one answer of the questionnaire."""

    answer: Annotated[str, Field(description="QUESTION-ANSWER")]
    says: Annotated[Drawer, Field(description="only what follows is answered")]
    why: str
    findings: list[str]


class UnseenData(TypedDict):
    """Something that such files cannot show."""

    id: str
    asks: str
    why: str
    look: str
    curl: Annotated[str, Field(description="a command that finds out; may be empty")]


class MaskedData(TypedDict):
    """A value that was masked; the value is nowhere."""

    placeholder: str
    kind: str
    about: str


class PartsData(TypedDict):
    """The hosts of a recording by the parts that they play."""

    issuers: list[str]
    clients: list[str]
    apis: list[str]
    others: Annotated[list[str], Field(description="third parties, and noise")]


class LikenessData(TypedDict):
    """The lesson that the login resembles most."""

    lesson: str
    figure: Annotated[str | None, Field(description="the figure of the article that the lesson tells, such as Figure 2")]
    measure: Annotated[
        float, Field(description="twice the longest common subsequence of the steps, over the length of both: 1 is the same")
    ]
    difference: str


class DifferenceData(TypedDict):
    """What differs from an inspection before."""

    sign: Annotated[Sign, Field(description="+ is there now, - was there before, ~ is said otherwise")]
    id: str
    says: str
    better: Annotated[bool | None, Field(description="whether the change is for the better; null if it is neither")]


class InspectionData(TypedDict):
    """What `oauth-sandbox inspect --json` prints.  Everything in it is masked."""

    format: int
    files: list[FileData]
    findings: list[FindingData]
    about: list[AboutData]
    answers: Annotated[dict[str, list[str]], Field(description="answers of “Your system”, as audit --answers takes them")]
    unseen: list[UnseenData]
    masked: list[MaskedData]
    parts: Annotated[PartsData | None, Field(description="null if no recording is among the files")]
    resembles: Annotated[LikenessData | None, Field(description="null if it resembles none of the lessons enough")]
    differs: NotRequired[Annotated[list[DifferenceData], Field(description="with --before")]]


def schema() -> dict[str, Any]:
    """The JSON Schema of what is printed."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **TypeAdapter(InspectionData).json_schema()}
