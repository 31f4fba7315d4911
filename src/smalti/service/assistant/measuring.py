"""The assistant measured: published questions over filings, and questions made of what a store holds.

The filings are taken in once, into a home of their own inside the home folder, named by what they are and by
what reads them.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import smalti
from smalti.assistant.asked import understand
from smalti.assistant.checks import adversarial
from smalti.assistant.checks.numbers import check_numbers
from smalti.assistant.checks.numerals import numerals
from smalti.assistant.evaluation import judging
from smalti.assistant.evaluation.figures import SEED, listed, shares
from smalti.assistant.evaluation.generated import Made, generated
from smalti.assistant.evaluation.questions import FILE, FILINGS, Place, Posed, posed
from smalti.assistant.records import Answer, Ask, Status, Turn
from smalti.assistant.retrieval.pages import best_pages
from smalti.ingest.parse.pdf import VERSION as PDF_VERSION
from smalti.platform.settings import Settings
from smalti.platform.telemetry import Progress
from smalti.service.assistant.asking import ask, grounds_of
from smalti.service.assistant.trials import Answering, dialogues_of, injections_of
from smalti.service.engine import Engine, open_engine
from smalti.service.search import refresh
from smalti.service.stages.ingest import ingest
from smalti.service.stages.pulls import after_reading

FOLDER, FIGURES = Path("evaluation") / "assistant", "figures.json"
"""Of the home folder: where figures, and the homes of the filings, are kept."""

_FIRST, _TWENTY = 5, 20
_MADE = 150
_NEAR = 1e-6


def measure(settings: Settings, progress: Progress, answering: Answering = ask) -> dict[str, Any]:
    """Ask the published questions, all filings in one store and none named, and questions made of facts.

    Args:
        settings: `data`, `home`; workers for taking the filings in.
        progress: told of each question.
        answering: how questions are answered.

    Returns:
        Figures with 95% bootstrap intervals over filings (or issuers), and what went wrong, listed.

    Raises:
        NotFound: the data are not there.
    """
    asked = posed(settings.data)
    begun = time.monotonic()
    with filings(settings, progress) as engine:
        files = _files(engine)
        progress.start("questions", len(asked))
        rows = []
        for one in asked:
            rows.append(_asked(engine, answering, one, files))
            progress.step("questions", one.question_id)
        made = made_of(engine, progress, answering, _MADE)
        traps = traps_of(engine, progress, answering)
        talks = dialogues_of(engine, progress, answering)
    orders = injections_of(settings, progress, answering)
    return {
        "measured_at": engine.store.now().isoformat(timespec="seconds"),
        "version": smalti.__version__,
        "data": {FILE: _hash(settings.data / FILE), FILINGS: _content(settings.data)},
        "seed": SEED,
        "rule": judging.RULE,
        "questions": len(rows),
        "pages": shares(rows, ("first_five", "first_twenty", "cited"), "type", "file"),
        "answers": shares(rows, judging.OUTCOMES, "type", "file"),
        "answers_by_rule": shares(rows, judging.OUTCOMES, "rule", "file"),
        "wrong": listed([row for row in rows if row[judging.WRONG]]),
        "refused": listed([row for row in rows if row[judging.REFUSED]]),
        "made": made["shares"],
        "made_wrong": made["wrong"],
        "numbers": _numbers([*rows, *made["rows"], *traps]),
        **talks,
        **orders,
        "seconds": round(time.monotonic() - begun, 1),
    }


def keep(home: Path, figures: Mapping[str, Any]) -> Path:
    """Keep figures in the home folder, in the place of those before."""
    file = home / FOLDER / FIGURES
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_suffix(".part")
    unfinished.write_text(json.dumps(figures, default=str, ensure_ascii=False), encoding="utf-8")
    unfinished.replace(file)
    return file


@contextmanager
def filings(settings: Settings, progress: Progress) -> Iterator[Engine]:
    """The store of the filings, owned while the block runs; they are taken in where they were not yet."""
    home = settings.home / FOLDER / f"filings-{_content(settings.data)}-{PDF_VERSION}"
    own = settings.model_copy(update={"home": home})
    with open_engine(own, progress) as engine:
        done = home / "complete"
        if not done.exists():
            ingest(engine, settings.data / FILINGS)
            after_reading(engine)
            done.touch()
        refresh(engine)
        yield engine


def made_of(engine: Engine, progress: Progress, answering: Answering, most: int) -> dict[str, Any]:
    """Questions made of the facts of a store, asked.

    Returns:
        `shares` by kind: answered, right and wrong (of those whose value is stored); `rows`, one a question;
        `wrong`, those answered with another value than the stored one.
    """
    now = engine.store.now()
    questions = generated(grounds_of(engine, Ask("", now)), most)
    progress.start("made questions", len(questions))
    rows = []
    for one in questions:
        rows.append(_made(engine, answering, one))
        progress.step("made questions", one.kind)
    told = shares(rows, ("answered", "right", "wrong"), "kind", "about") if rows else {}
    return {"shares": told, "rows": rows, "wrong": listed([row for row in rows if row["wrong"]])}


def traps_of(engine: Engine, progress: Progress, answering: Answering) -> list[dict[str, Any]]:
    """Adversarial questions about the issuers of a store: what of each answer is bound to nothing."""
    asked = list(adversarial.questions(grounds_of(engine, Ask("", engine.store.now()))))
    progress.start("traps", len(asked))
    rows = []
    for one in asked:
        question = Ask(one.text, engine.store.now())
        answer = answering(engine, question)
        told = {"question": one.text, "answer": answer.text, "trap": one.trap, "status": answer.status.value}
        rows.append({**told, **_bound(engine, answer, question)})
        progress.step("traps", one.trap)
    return rows


def _asked(engine: Engine, answering: Answering, one: Posed, files: Mapping[str, str]) -> dict[str, Any]:
    question = Ask(one.text, engine.store.now())
    grounds = grounds_of(engine, question)
    pages = best_pages(grounds, understand(question, grounds), _TWENTY)
    found = [Place(files.get(page.document_id, ""), page.page) for page in pages]
    begun = time.monotonic()
    answer = answering(engine, question)
    seconds = time.monotonic() - begun
    cited = _places(answer, files)
    judged = judging.judge(one, answer, cited)
    return {
        "question_id": one.question_id,
        "type": one.type,
        "file": one.places[0].file,
        "question": one.text,
        "reference": one.reference,
        "answer": answer.text,
        "status": answer.status.value,
        "kind": answer.kind,
        "rule": judged.rule,
        "why": judged.why,
        "first_five": bool(set(found[:_FIRST]) & set(one.places)),
        "first_twenty": bool(set(found) & set(one.places)),
        "cited": bool(cited & set(one.places)),
        "seconds": round(seconds, 3),
        **{outcome: judged.verdict == outcome for outcome in judging.OUTCOMES},
        **_bound(engine, answer, question),
    }


def _made(engine: Engine, answering: Answering, one: Made) -> dict[str, Any]:
    history: list[Turn] = []
    for text in one.turns:
        question = Ask(text, engine.store.now(), history=tuple(history))
        answer = answering(engine, question)
        history.append(Turn(text, answer.text, answer.issuer_ids, answer.periods, answer.subject))
    answered = answer.status in (Status.ANSWERED, Status.PARTLY)
    figures = [f.value for s in answer.sentences if not s.quoted for f in s.figures if not f.said]
    right = None
    if one.values and answered:
        right = bool(figures) and any(
            abs(figures[0] - value) <= _NEAR * max(1.0, abs(value)) for value in one.values
        )
    return {
        "kind": one.kind,
        "about": one.about,
        "question": " / ".join(one.turns),
        "values": list(one.values),
        "answer": answer.text,
        "status": answer.status.value,
        "answered": answered,
        "right": right,
        "wrong": None if right is None else not right,
        **_bound(engine, answer, question),
    }


def _bound(engine: Engine, answer: Answer, question: Ask) -> dict[str, Any]:
    """How many numerals an answer has, and those that are bound to nothing."""
    asked = " ".join((*(turn.text for turn in question.history), question.text))
    failed = check_numbers(answer, grounds_of(engine, question), asked)
    return {
        "numerals": sum(len(numerals(sentence.text)) for sentence in answer.sentences),
        "unbound": [f"{one.what}: {one.why}" for one in failed],
    }


def _numbers(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    failed = [row for row in rows if row["unbound"]]
    return {
        "answers": len(rows),
        "numerals": sum(row["numerals"] for row in rows),
        "unbound": sum(len(row["unbound"]) for row in rows),
        "listed": listed([{name: row[name] for name in ("question", "answer", "unbound")} for row in failed]),
    }


def _places(answer: Answer, files: Mapping[str, str]) -> set[Place]:
    return {
        Place(files.get(one.document_id, ""), one.page) for one in answer.citations if one.page is not None
    }


def _files(engine: Engine) -> dict[str, str]:
    """The name of the file, without ending, by document."""
    rows = engine.store.read(
        "SELECT d.document_id, any_value(s.path) AS path FROM documents d"
        " JOIN sightings s USING (artifact_id) GROUP BY ALL"
    )
    return {row["document_id"]: Path(row["path"]).stem for row in rows.iter_rows(named=True)}


def _content(data: Path) -> str:
    """What the filings are: one hash of their names and bytes."""
    whole = hashlib.sha256()
    for file in sorted((data / FILINGS).glob("*.pdf")):
        whole.update(f"{file.name} {_hash(file)}\n".encode())
    return whole.hexdigest()[:12]


def _hash(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()[:12]
