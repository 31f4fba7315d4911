"""What an audience may see and how it is said: read from a file, checked whole before it counts."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from smalti.assistant.records import Audience
from smalti.assistant.understood import Kind
from smalti.platform.errors import SettingsError
from smalti.platform.records import EvidenceKind, SourceKind

__all__ = ["Policy", "Scale", "Step", "policies", "policy_of"]

_LONGEST = 400
_WORDS = (
    "advice",
    "complaint",
    "account",
    "fraud",
    "harm",
    "threat",
    "abuse",
    "statement",
    "orders",
    "question",
    "nothing",
)


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Step(_Part):
    """A score that reaches `reached` is told as `say`."""

    reached: float = Field(alias="from")
    say: str = Field(min_length=1, max_length=40)


class Scale(_Part):
    """How scores of a kind are told in words."""

    about: str = Field(min_length=1, max_length=_LONGEST)
    steps: tuple[Step, ...] = Field(min_length=2, max_length=10)

    @model_validator(mode="after")
    def _rises(self) -> Self:
        places = [one.reached for one in self.steps]
        if places != sorted(set(places)):
            raise ValueError("the steps of a scale must rise")
        return self

    def told(self, value: float) -> str:
        """The word for a score."""
        return [one.say for one in self.steps if one.reached <= value or one is self.steps[0]][-1]


class Policy(_Part):
    """What an audience may see and how it is said.

    Attributes:
        documents: `all`, or `published`: of issuers that an analyst published to customers.
        sources, evidence: kinds of documents, and of pieces in them, that may be read.
        forms: documents that may be read whatever issuer they are of, by the `form` their manifest states.
        signals: kinds of signals; `*` for all, together with what moved them.
        scores: `numbers` as stored, or `words` by `scale`.
        questions: types of questions that are answered.
        redact: whether personal data are taken out of answers.
        advice: whether what asks for investment advice is answered with what is known.
        hand_over: whether complaints and the like go to a person.
        notes: beginnings of notes that are shown; `*` for all.
        words: what is said where nothing is answered, by its reason.
    """

    documents: Literal["all", "published"]
    sources: tuple[SourceKind, ...]
    evidence: tuple[EvidenceKind, ...]
    forms: tuple[str, ...] = Field(default=(), max_length=50)
    signals: tuple[str, ...]
    scores: Literal["numbers", "words"]
    questions: tuple[Kind, ...]
    offers: bool
    redact: bool
    advice: bool
    hand_over: bool
    notes: tuple[str, ...]
    disclaimer: str = Field(max_length=_LONGEST)
    scale: Mapping[str, Scale] = {}
    words: Mapping[str, str] = {}

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.scores == "words":
            bare = [one for one in self.signals if one not in self.scale]
            if bare:
                raise ValueError(f"scores are told in words, but {', '.join(bare)} has no scale")
        if not self.advice or self.hand_over:
            lacking = [one for one in _WORDS if not self.words.get(one)]
            if lacking:
                raise ValueError(f"words are missing for {', '.join(lacking)}")
        unknown = [one for one in self.words if one not in _WORDS]
        if unknown:
            raise ValueError(f"nothing is said as {', '.join(unknown)}")
        return self

    @property
    def everything(self) -> bool:
        """Whether nothing is kept from this audience."""
        return self.documents == "all" and "*" in self.signals

    def word(self, reason: str) -> str:
        """What is said where nothing is answered."""
        return self.words.get(reason, "I do not know.")


class _File(_Part):
    analyst: Policy
    customer: Policy

    @model_validator(mode="after")
    def _customers_see_less(self) -> Self:
        if "*" in self.customer.signals or self.customer.scores == "numbers":
            raise ValueError("customers are told scores in words, of kinds that are named")
        return self


@cache
def policies(path: Path | None = None) -> Mapping[Audience, Policy]:
    """The policy of each audience.

    Args:
        path: a TOML file instead of the one that comes with smalti.

    Raises:
        SettingsError: it cannot be read, or says what cannot be.
    """
    try:
        text = _text(path)
        read = _File.model_validate(tomllib.loads(text))
    except OSError as error:
        raise SettingsError(
            "the policy of audiences cannot be read", subject=str(path), mend=str(error)
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(
            "the policy of audiences is no TOML", subject=str(path), mend=str(error)
        ) from error
    except ValidationError as error:
        raise SettingsError(
            "the policy of audiences says what cannot be",
            subject=str(path or "policy.toml"),
            mend=_mend(error),
        ) from error
    return {Audience.ANALYST: read.analyst, Audience.CUSTOMER: read.customer}


def policy_of(audience: Audience, path: Path | None = None) -> Policy:
    """The policy of one audience; see `policies`."""
    return policies(path)[audience]


def _text(path: Path | None) -> str:
    if path is not None:
        return path.read_text("utf-8")
    return files("smalti.assistant.audience").joinpath("policy.toml").read_text("utf-8")


def _mend(error: ValidationError) -> str:
    told: Sequence[str] = [
        f"{'.'.join(str(part) for part in one['loc']) or 'file'}: {one['msg']}" for one in error.errors()[:5]
    ]
    return "; ".join(told)
