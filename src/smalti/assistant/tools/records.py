"""What a tool is, and what one gives: sentences with bound numbers, pieces of evidence, rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, TypeAdapter

from smalti.assistant.grounds import Grounds
from smalti.assistant.records import Audience, Computation, Figure
from smalti.assistant.tools.data import as_data


class Parameters(BaseModel):
    """What a tool takes; anything else that comes along is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of evidence, as a machine reads it.

    Attributes:
        text: what it says, between the marks of `data.as_data`: data, never orders.
        around: the text that stands around it, likewise; empty where nobody asked.
        page: of a PDF, counted from 0.
        suspicious: why it is not to be trusted; empty where nothing speaks against it.
        synthetic: made by the demo world; no fact about a real company.
    """

    evidence_id: str
    document_id: str
    kind: str
    source: str
    title: str
    where: str
    issuers: Sequence[str]
    available_at: datetime
    text: str
    page: int | None = None
    around: str = ""
    suspicious: str = ""
    synthetic: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence that smalti itself made: what may be said, and what it rests on.

    Attributes:
        evidence: ids of the pieces that support it.
        figures: every numeral in it, bound.
        quoted: its words are those of a document: data.
    """

    text: str
    evidence: Sequence[str] = ()
    figures: Sequence[Figure] = ()
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """What a tool gives.

    Attributes:
        status: `found`, `nothing`, or what became of a question: `answered`, `unknown`, `unclear`, …
        rows: of a view or a list, by column; ids among them can be read with `read_evidence`.
        notes: what a reader must know: what was left out, what is stale.
        offers: what to choose from where the question was unclear.
    """

    tool: str
    status: str
    told: Sequence[Told] = ()
    pieces: Sequence[Piece] = ()
    computations: Sequence[Computation] = ()
    rows: Sequence[Mapping[str, Any]] = ()
    notes: Sequence[str] = ()
    offers: Sequence[str] = ()

    def to_json(self) -> dict[str, Any]:
        """The whole as plain values; words of documents stand between the marks of data."""
        told = [replace(one, text=as_data(one.text)) if one.quoted else one for one in self.told]
        plain: dict[str, Any] = _RESULT.dump_python(replace(self, told=told), mode="json")
        return plain


_RESULT = TypeAdapter(Result)


def schema() -> dict[str, Any]:
    """The JSON schema of every result."""
    return _RESULT.json_schema(mode="serialization")


@dataclass(frozen=True, slots=True)
class Tool:
    """Something a machine may have read for it.

    Attributes:
        run: takes the parameters and what may be read; its docstring tells a machine what it gives.
        audiences: for whom it may be used.
    """

    name: str
    parameters: type[Parameters]
    run: Callable[[Any, Grounds], Result]
    audiences: frozenset[Audience] = frozenset({Audience.ANALYST})

    @property
    def about(self) -> str:
        """What it gives, for a machine, in one paragraph."""
        told = (self.run.__doc__ or "").partition("\n\n    Raises:")[0]
        return " ".join(told.split())

    def schema(self) -> dict[str, Any]:
        """The JSON schema of its parameters."""
        return self.parameters.model_json_schema()
