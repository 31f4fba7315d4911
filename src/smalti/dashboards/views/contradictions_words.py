"""What each check holds against what, and what else may be behind its findings."""

from __future__ import annotations

from collections.abc import Mapping

MEANS: Mapping[str, str] = {
    "fraud.claim_against_fact": (
        "A number, direction, record or denial told in a call, in news or in a post does not fit what"
        " was filed for the same measure and period, or what the company said before."
    ),
    "fraud.words_against_voice": (
        "Calm or positive words were spoken in a voice that is tense beside the speaker's other"
        " sentences of the same call."
    ),
    "fraud.evasive_answers": (
        "A question asked for a number, a moment, or a yes or no, and the answer gave none."
    ),
    "fraud.chart_against_table": (
        "A drawn chart shows values, an order or a span that the table beside it, or the filed facts, do not."
    ),
    "fraud.filing_drift": (
        "A filing tells of a restatement, weak controls, going-concern doubt, a new auditor or the"
        " like, or its risk factors and notes changed from the year before."
    ),
    "fraud.crowd": (
        "Many accounts posted one message, or one account flooded, beyond what is usual for this issuer."
    ),
    "fraud.picture": (
        "A picture said to be of now, or real, was seen earlier elsewhere, is declared otherwise in"
        " its own file, or shows prices that were not paid."
    ),
}
"""In a sentence, by check."""

INNOCENT: Mapping[str, str] = {
    "fraud.claim_against_fact": (
        "Guidance, adjusted or organic figures, a part of the company, another's number, a number"
        " misheard. Recordings are transcribed by machine: listen before you rely on a number heard."
    ),
    "fraud.words_against_voice": "A cold, a poor line, bad news next in mind, or a habit of speech.",
    "fraud.evasive_answers": (
        "A rule that forbids the answer, a relative amount, an answer given a moment later, or words"
        " misheard."
    ),
    "fraud.chart_against_table": "Rounded labels, a segment instead of the whole, or an axis read wrongly.",
    "fraud.filing_drift": (
        "A possibility and no event, something since mended, a policy, or a new law that changes"
        " every filing."
    ),
    "fraud.crowd": "An earnings day, a shared headline, quotes, or a contest.",
    "fraud.picture": "A repost that says so, an illustration labelled as one, or an editor's ordinary mark.",
}
"""What a reader should rule out first, by check."""
