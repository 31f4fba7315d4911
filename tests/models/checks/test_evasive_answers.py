"""Which answers are evasive and which only look so, by made-up exchanges; and what hostile calls do."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.models.checks.dossiers import document, dossier, piece
from tests.models.checks.exchanges import EXCHANGES, Exchange, call

from smalti.models.checks.evasive_answers import evasive_answers
from smalti.models.checks.question_kinds import Wanted, asks
from smalti.models.checks.record import Check
from smalti.models.checks.spoken import sentences
from smalti.platform.records import EvidenceKind, SourceKind


def judge(*exchanges: Exchange) -> Check:
    paper, pieces = call(exchanges)
    apart = {number: np.eye(2, dtype=np.float32) for number, one in enumerate(exchanges, 1) if one.far}
    vectors = {
        p.evidence_id: apart[number][side]
        for p in pieces
        for side, key in enumerate(("question", "answer_to"))
        if (number := p.payload.get(key)) in apart
    }
    return evasive_answers(dossier([paper], pieces, vectors=vectors))


@pytest.mark.parametrize("exchange", EXCHANGES, ids=lambda one: one.name)
def test_an_answer_is_judged(exchange: Exchange) -> None:
    check = judge(exchange)
    if exchange.strength is None:
        assert check.findings == ()
    else:
        (finding,) = check.findings
        low, high = exchange.strength
        assert low <= finding.strength <= high, finding.reason
        texts = {p.evidence_id: p.text for p in call([exchange])[1]}
        assert {texts[c.evidence_id] for c in finding.said} <= set(exchange.said)
        assert {texts[c.evidence_id] for c in finding.against} <= set(exchange.asked)
        assert all(texts[c.evidence_id] == c.quote for c in (*finding.said, *finding.against))


def test_the_reason_names_both_sides_and_when() -> None:
    (finding,) = judge(EXCHANGES[1]).findings
    assert finding.reason == (
        "Analyst 1 asked for a number (“Can you quantify the inventory write-down you took in March?”) (00:05"
        " of the call) and the answer puts it off: “We'll have more to share at the appropriate time.” (Chief"
        " Executive Officer, 00:15)."
    )


def test_a_question_of_which_one_part_was_answered_says_which_was_not() -> None:
    (finding,) = judge(next(e for e in EXCHANGES if e.name == "one part of two")).findings
    assert "did you settle the customs dispute?" in finding.reason
    assert "tax rate" not in finding.reason.split("and the answer")[0]
    assert finding.reason.endswith("Another part of the question was answered.")
    assert [c.quote for c in finding.said] == ["And we love the progress the team is making everywhere."]


def test_what_is_answered_when_the_same_analyst_asks_again_is_answered() -> None:
    dodged = Exchange("", ["How much cash is held abroad?"], ["We feel really good about our cash."], None)
    answered = Exchange("", ["But how much is held abroad?"], ["About $300 million."], None)
    assert len(judge(dodged, answered).findings) == 1
    paper, pieces = call([dodged, answered])
    one = [
        replace(p, payload={**p.payload, "speaker": p.payload["speaker"].replace("2", "1")}) for p in pieces
    ]
    assert evasive_answers(dossier([paper], one)).findings == ()


def test_a_question_without_an_answer_is_not_judged() -> None:
    check = judge(Exchange("", ["What was the tax rate?"], [], None))
    assert check.value is None
    assert check.reason == "not computable: no question of an analyst was heard"
    assert [s.reason for s in check.silences] == ["cannot compare: no answer to question 1 was heard"]


def test_an_answer_in_the_voice_of_the_asker_is_not_judged() -> None:
    paper, pieces = call([EXCHANGES[0]])
    alike = [replace(p, payload={**p.payload, "speaker": "Speaker 2"}) for p in pieces]
    check = evasive_answers(dossier([paper], alike))
    assert check.findings == ()
    assert check.silences[0].reason == "cannot compare: who asks question 1 and who answers sound alike"


def test_roles_suffice_where_no_voice_has_a_name() -> None:
    paper, pieces = call([EXCHANGES[1]])
    nameless = [
        replace(p, payload={**p.payload, "speaker": None}, locator=replace(p.locator, speaker=None))
        for p in pieces
    ]
    (finding,) = evasive_answers(dossier([paper], nameless)).findings
    assert finding.reason.startswith("a speaker asked for a number")


def test_a_call_in_another_language_is_not_judged() -> None:
    paper, pieces = call([EXCHANGES[0]])
    check = evasive_answers(dossier([replace(paper, language="de")], pieces))
    assert check.value is None
    assert check.silences[0].reason == "cannot compare: the call is in de"


def test_without_a_call_it_says_so() -> None:
    assert evasive_answers(dossier([], [])).reason == "not computable: no call is known"


def test_a_copy_of_a_call_counts_once() -> None:
    first, one = call([EXCHANGES[0]])
    second, two = call([EXCHANGES[0]], "copy")
    check = evasive_answers(dossier([first, second], [*one, *two], copies={"copy": "call"}))
    assert len(check.findings) == 1


def test_only_calls_are_read() -> None:
    post = document(SourceKind.SOCIAL, "2026-02-12")
    lines = [
        ("question", "How much cash is held abroad?"),
        ("answer_to", "We will share more when it makes sense."),
    ]
    pieces = [piece(post, EvidenceKind.AUDIO, text, {key: 1}, i) for i, (key, text) in enumerate(lines)]
    assert evasive_answers(dossier([post], pieces)).value is None


def test_a_phrase_repeated_ten_thousand_times_makes_one_finding() -> None:
    flood = ["We will share more when it makes sense and " * 40] * 10_000
    (finding,) = judge(Exchange("", ["How much cash is held abroad?" * 50] * 200, flood, None)).findings
    assert len(finding.said) <= 6


@pytest.mark.parametrize(
    "bomb",
    [
        "and how much " * 4_000,
        "what was the the the the the the the " * 1_000,
        "we will share more " * 4_000,
        "not " * 20_000,
        "can you please just maybe perhaps at least also " * 1_000,
        "a" * 100_000,
        ", but" * 20_000,
        "don't have " * 5_000,
    ],
    ids=lambda bomb: bomb[:20],
)
def test_text_made_to_hang_a_pattern_does_not(bomb: str) -> None:
    turns = [Exchange("", [bomb] * 40, [bomb] * 40, None)] * 3
    assert len(judge(*turns).findings) <= 3


def test_what_of_a_call_is_not_read_is_told() -> None:
    check = judge(*[Exchange("", ["What was the tax rate?"], ["It was 21%."] * 3, None)] * 1_100)
    assert check.findings == ()
    assert check.silences[0].reason == (
        "cannot compare: the call has 5,500 sentences, only the first 5,000 are read"
    )


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("And how much of that was price?", [Wanted.AMOUNT]),
        ("What were day's sales outstanding at year end?", [Wanted.AMOUNT]),
        ("Could you maybe quantify the impact of the strike.", [Wanted.AMOUNT]),
        ("What is driving the margin decline?", [Wanted.REASON]),
        ("What was behind the growth in receivables?", [Wanted.REASON]),
        ("Hi, thanks for taking my question. Is the covenant waived?", [Wanted.SIDE]),
        ("Didn't you restate that segment?", [Wanted.SIDE]),
        ("You plan to sell more shares this year?", [Wanted.SIDE]),
        ("Is that price or volume?", [Wanted.REASON]),
        ("When do you expect to file?", [Wanted.MOMENT]),
        ("What was the tax rate, and will it last?", [Wanted.AMOUNT, Wanted.SIDE]),
        ("Can you talk about the pipeline?", [Wanted.REASON]),
        ("Can you confirm that the auditor has signed?", [Wanted.SIDE]),
        ("Do you have much visibility into the second half?", [Wanted.SIDE]),
        ("Can you hear me okay?", []),
        ("Great, that's very helpful, thanks.", []),
        ("It is remarkable how much you have done.", []),
    ],
)
def test_what_a_question_asks_for(text: str, wanted: list[Wanted]) -> None:
    paper = document(SourceKind.CALL, "2026-02-12")
    assert [ask.wanted for ask in asks(sentences([piece(paper, EvidenceKind.AUDIO, text)]))] == wanted
