"""Questions with known answers over published filings (FinanceBench's open sample)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from smalti.platform.errors import Malformed, NotFound

FILE, FILINGS = "filings_qa/questions.jsonl", "filings_qa/pdf"
"""In the folder of real data."""


@dataclass(frozen=True, slots=True)
class Place:
    """A page: the name of its file without ending, and its number from 0."""

    file: str
    page: int


@dataclass(frozen=True, slots=True)
class Posed:
    """A question with the answer that people gave.

    Attributes:
        type: who made it: `metrics-generated`, `domain-relevant`, `novel-generated`.
        reference: the answer, in people's words.
        places: the pages it stands on.
    """

    question_id: str
    type: str
    text: str
    reference: str
    places: Sequence[Place]


def posed(data: Path) -> Sequence[Posed]:
    """The questions in the folder of real data.

    Raises:
        NotFound: they are not there.
        Malformed: the file is no list of them.
    """
    file = data / FILE
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except OSError:
        mend = "set SMALTI_DATA to the folder of real data"
        raise NotFound("no questions about filings", subject=str(file), mend=mend) from None
    try:
        return [_posed(json.loads(line)) for line in lines if line.strip()]
    except (ValueError, KeyError, TypeError) as error:
        raise Malformed(f"no list of questions: {error}", subject=str(file)) from None


def _posed(row: dict[str, object]) -> Posed:
    evidence = row["evidence"]
    assert isinstance(evidence, list)
    places = [Place(str(one["doc_name"]), int(one["evidence_page_num"])) for one in evidence]
    return Posed(
        question_id=str(row["financebench_id"]),
        type=str(row["question_type"]),
        text=str(row["question"]),
        reference=str(row["answer"]),
        places=list(dict.fromkeys(places)),
    )
