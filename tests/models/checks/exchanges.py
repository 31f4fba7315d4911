"""Questions and answers in the style of earnings calls, all made up, and how evasive each answer is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tests.models.checks.dossiers import document, piece

from smalti.platform.records import Document, Evidence, EvidenceKind, SourceKind


@dataclass(frozen=True, slots=True)
class Exchange:
    """What is asked, what is said, and the range in which the strength of a finding must lie.

    Attributes:
        strength: None where there must be no finding.
        far: their embeddings have nothing in common; else none are given.
    """

    name: str
    asked: Sequence[str]
    said: Sequence[str]
    strength: tuple[float, float] | None
    far: bool = False


DODGE, WEAK, PART = (0.45, 0.8), (0.1, 0.35), (0.1, 0.4)

EXCHANGES = (
    Exchange(
        "waffle for a number",
        ["Good morning.", "What was the churn rate in the subscription business this quarter?"],
        ["We feel terrific about the team we have built.", "At the end of the day it is about execution."],
        DODGE,
    ),
    Exchange(
        "put off for later",
        ["Can you quantify the inventory write-down you took in March?"],
        ["That's a fair question.", "We'll have more to share at the appropriate time."],
        DODGE,
    ),
    Exchange(
        "pointing back",
        ["How much of the growth came from channel fill ahead of the price increase?"],
        ["As we said in the prepared remarks, we're really pleased with the quarter."],
        DODGE,
    ),
    Exchange(
        "offline",
        ["Did the auditors raise any concerns about the timing of revenue?"],
        ["Why don't we take that one offline.", "Next question, please."],
        DODGE,
    ),
    Exchange(
        "no yes, no no",
        ["Were any of these sales made with a right of return?"],
        ["Our distributors are excited about the new line and we have the best team in the industry."],
        DODGE,
    ),
    Exchange(
        "numbers of something else",
        ["What percentage of receivables is more than ninety days old?"],
        ["We opened 14 new showrooms and our loyalty programme passed 3 million members."],
        (0.25, 0.45),
        far=True,
    ),
    Exchange(
        "policy",
        ["How much revenue did the largest customer bring?"],
        ["As a matter of policy we don't disclose individual customers."],
        WEAK,
    ),
    Exchange(
        "not broken out",
        ["What was the margin in the services unit?"],
        ["We don't break that out, but thanks for the question."],
        WEAK,
    ),
    Exchange(
        "quiet period",
        ["Are you planning to raise equity this year?"],
        ["We're in a quiet period, so I can't comment on that."],
        WEAK,
    ),
    Exchange(
        "guidance policy",
        ["What will organic growth be in the next quarter?"],
        ["We do not give quarterly guidance."],
        WEAK,
    ),
    Exchange(
        "not at hand",
        ["How many stores did you remodel?"],
        ["I don't have that number in front of me, we'll get back to you."],
        WEAK,
    ),
    Exchange(
        "too early, of the future",
        ["Will you raise prices again next year?"],
        ["It's too early to say."],
        WEAK,
    ),
    Exchange(
        "one part of two",
        ["What was the tax rate, and did you settle the customs dispute?"],
        ["The tax rate was 23.5%.", "And we love the progress the team is making everywhere."],
        PART,
    ),
    Exchange(
        "refused outright, of the past",
        ["Did you change the way you count active users?"],
        ["I'm not going to get into that today."],
        DODGE,
    ),
    # What looks alike and is an answer.
    Exchange("in words", ["How much did volumes grow?"], ["They were roughly flat."], None),
    Exchange("digits in words", ["What was price growth in Europe?"], ["Low single digits."], None),
    Exchange(
        "a share in words",
        ["How much of the backlog ships this year?"],
        ["Thanks for the question.", "A little under half of it."],
        None,
    ),
    Exchange(
        "refused, yet given",
        ["What was the gross margin of the acquired business?"],
        ["We don't break that out precisely, but think of it as somewhere around 35%."],
        None,
    ),
    Exchange("absolutely", ["Are you still comfortable with the leverage?"], ["Absolutely."], None),
    Exchange("we did", ["Did you buy back shares in the quarter?"], ["We did.", "We like the stock."], None),
    Exchange("not now", ["Are you looking at selling the unit?"], ["Not at this time."], None),
    Exchange(
        "politely put off, then answered by a colleague",
        ["How large was the restructuring charge?"],
        ["I'll let our finance chief take that, and we can follow up with you.", "It was $18 million."],
        None,
    ),
    Exchange(
        "none of it",
        ["How much revenue did you book under bill and hold terms?"],
        ["We do not use bill and hold."],
        None,
    ),
    Exchange(
        "yes in other words",
        ["Do you expect to renew the credit line?"],
        ["The banks have already signed the renewal."],
        None,
    ),
    Exchange(
        "a date",
        ["When will the second plant open?"],
        ["The permits came through, so we see first output early in the second half of 2027."],
        None,
    ),
    Exchange(
        "explained",
        ["Why did freight costs rise?"],
        ["Container rates went up after the canal closed, and we had to fly some parts in."],
        None,
    ),
    Exchange(
        "yes, then more later",
        ["Have you found a new chief accountant?"],
        ["Yes, we have.", "We'll share more when she joins."],
        None,
    ),
    Exchange(
        "number first, waffle later",
        ["Could you tell us what the order backlog was at quarter end?"],
        ["Sure.", "Backlog ended at $640 million.", "We feel very good about where we are."],
        None,
    ),
    Exchange(
        "not disclosing is the answer",
        ["Did you disclose the breach to the regulator?"],
        ["We have not disclosed it yet."],
        None,
    ),
    Exchange("no rebates", ["Do you give rebates to dealers?"], ["We do not give rebates."], None),
    Exchange("hardly heard", ["What was the tax rate?"], ["Thank you.", "So, well."], None),
    Exchange("thanks alone", ["Thanks, that's helpful."], ["Thank you."], None),
    Exchange(
        "split oddly",
        ["Can you tell us how much of the", "growth was price?"],
        ["I'd say about", "two thirds of it."],
        None,
    ),
    Exchange(
        "either or",
        ["Is the shortfall a matter of demand or of supply?"],
        ["It's mainly supply, we couldn't get the chips."],
        None,
    ),
    Exchange(
        "same as before",
        ["What was the retention rate?"],
        ["It was consistent with what you've seen over the last few quarters."],
        None,
    ),
)  # fmt: skip


def call(exchanges: Sequence[Exchange], name: str = "call") -> tuple[Document, list[Evidence]]:
    """One call of these: an operator, an analyst each, one who answers; a sentence every five seconds."""
    paper = document(SourceKind.CALL, "2026-02-12", name)
    lines: list[tuple[str, str, dict[str, int]]] = []
    for number, exchange in enumerate(exchanges, 1):
        lines.append(("operator", "The next question comes from the line of an analyst.", {}))
        lines += [(f"Analyst {number}", text, {"question": number}) for text in exchange.asked]
        lines += [("Chief Executive Officer", text, {"answer_to": number}) for text in exchange.said]
    pieces = [
        piece(
            paper,
            EvidenceKind.AUDIO,
            text,
            {"speaker": who, "part": "questions", **numbers},
            ordinal,
            seconds=(5.0 * ordinal, 5.0 * ordinal + 4),
            speaker=who,
        )
        for ordinal, (who, text, numbers) in enumerate(lines)
    ]
    return paper, pieces
