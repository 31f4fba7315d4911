"""The grave events that filings tell of, and the words each is told, denied or kept innocent with.

Strengths are the share of plain statements of a kind that one would expect to stand: a form or an item that
exists for the event, or the company's own conclusion, nearly always does; a change of auditor mostly has
harmless reasons.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Subject:
    """A kind of event. Patterns read lower-case, single-spaced sentences.

    Attributes:
        name: for people: `a material weakness`.
        strength: of a plain statement of it.
        cues: of which a paragraph that states it has one.
        says: what states it.
        innocent: what makes the whole sentence innocent.
        calm: what a filing says in which it did not happen.
        calm_sections: the items that say so, the likeliest first.
        graver: words that make a statement graver, and then `graver_strength` holds.
        items: of Form 8-K, that announce it.
        form: that announces it.
        sections: the items in which its words count; all of them if empty.
        negatable: whether `not` before the phrase undoes it.
    """

    name: str
    strength: float
    cues: tuple[str, ...]
    says: re.Pattern[str]
    innocent: re.Pattern[str]
    calm: re.Pattern[str]
    calm_sections: tuple[str, ...]
    graver: re.Pattern[str] | None = None
    graver_strength: float = 0.0
    items: tuple[str, ...] = ()
    form: re.Pattern[str] | None = None
    sections: tuple[str, ...] = ()
    negatable: bool = True


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns))


_STANDARDS = (
    r"\basu\b|\btopic \d+|\basc \d|accounting standards? (?:update|codification)|\bpcaob\b|new accounting"
    r"|recently (?:issued|adopted) accounting|requires management to"
)
_CONTROLS = r"(?:disclosure controls?|internal controls?|controls and procedures|\bicfr\b)"
_AUDITOR = (
    r"(?:independent (?:registered )?(?:public )?(?:account(?:ing firms?|ants?)|auditors?)"
    r"|(?:registered|certified) public account(?:ing firm|ants?)|external auditors?|our auditors?"
    r"|certifying accountant)"
)
_SEC = r"(?:\bsec\b|securities and exchange commission|division of enforcement)"
_PROBE = (
    r"(?:subpoenas?|formal order|letters? of inquiry|wells notices?|document preservation"
    r"|requests? for (?:documents|information)|informal requests?|investigations?|inquir(?:y|ies))"
)
_ANSWERS = r"(?:receiv\w+|receipt of|served with|respond\w+ to|cooperat\w+ with)"
_RESTATED = r"\brestat(?:e|ed|ing|ements?)\b"
_EARLIER = r"previously (?:issued|filed|reported|released)"
_REPORT = r"(?:10-[kq]|20-f|(?:annual|quarterly|periodic) reports?)"
_COUNT = r"(?:an? |one |two |three |four |several |certain |the following |the )?"

RESTATEMENT = Subject(
    name="a restatement",
    strength=0.8,
    cues=("relied upon", "relied on", "rely upon", "rely on", "restat"),
    says=_any(
        r"no longer (?:should |can |may )?(?:be relied|rely) (?:up)?on",
        rf"{_EARLIER}.{{0,200}}\bnot be relied (?:up)?on",
        rf"{_RESTATED}.{{0,120}}{_EARLIER}.{{0,80}}(?:financial|statements|results)",
        rf"{_EARLIER}.{{0,160}}(?:financial|statements|results).{{0,120}}{_RESTATED}",
        rf"{_RESTATED}.{{0,160}}\b(?:errors?|misstatements?|irregularit\w+|misconduct)\b",
    ),
    innocent=_any(
        r"immaterial|not material\b|\brevis(?:ed|ion)|amended and restated|retrospective|adopt\w+",
        r"discontinued",
        r"restated (?:certificate|articles|by-?laws|agreement|plan|credit|charter|employment|lease)",
        r"restat.{0,80}\bto (?:reflect|conform)\b(?!.{0,80}(?:error|correct|misstat|improper))",
        r"stock split|recast|reclassif|common control|compensation recovery|clawback|recoup|incentive",
        r"cash flow hedge|to restate\b.{0,40}\bearnings per share",
        _STANDARDS,
    ),
    calm=_any(r"present(?:s|ed)? fairly", r"internal controls?.{0,200}(?:was|were|is|are) effective"),
    calm_sections=("8", "9A", "15", "4"),
    graver=re.compile(r"(?:be relied|rely) (?:up)?on"),
    graver_strength=0.95,
    items=("4.02",),
)
GOING_CONCERN = Subject(
    name="going-concern doubt",
    strength=0.9,
    cues=("substantial doubt",),
    says=_any(r"substantial doubt.{0,200}going concern", r"going concern.{0,240}substantial doubt"),
    innocent=_any(
        r"no (?:longer )?substantial doubt|(?:not|n['’]t) (?:raise|cast|create|give rise)|alleviat|evaluat",
        r"guidance|defin|qualif|previously .{0,60}substantial doubt",
        _STANDARDS,
    ),
    calm=_any(
        r"\b(?:cash|liquidity|funds|financing|borrowings|capital resources)\b.{0,200}"
        r"\b(?:sufficient|adequate)\b.{0,160}(?:fund|meet|financ|satisfy|support|operat)",
        r"\bsufficient (?:cash|liquidity|funds)\b.{0,120}(?:fund|meet|financ|satisfy|support|operat)",
        r"will continue as a going concern|alleviat\w+.{0,80}substantial doubt|no substantial doubt",
    ),
    calm_sections=("7", "8", "2", "1A"),
)
MATERIAL_WEAKNESS = Subject(
    name="a material weakness",
    strength=0.9,
    cues=("material weakness", "not effective", "ineffective", "effective internal control"),
    says=_any(
        r"(?:identif|disclos|report|conclud|determin|discover|exist|found|because of|due to|result of)\w*"
        r".{0,120}material weakness",
        rf"\b(?:had|have|has|is|was|are|were|been) {_COUNT}(?:\w+ )?material weakness",
        r"material weakness(?:es)? .{0,120}(?:identified|exist(?:s|ed)?\b|discovered|described)",
        rf"{_CONTROLS}.{{0,200}}\b(?:was|were|is|are) (?:therefore |also |deemed |considered )?"
        r"(?:not (?:designed or |operating )?effective|ineffective)",
        r"\b(?:did|has|have|had) not (?:maintain(?:ed)?|design(?:ed)?).{0,60}effective.{0,60}control",
        r"adverse opinion on.{0,60}internal control",
    ),
    innocent=_any(
        r"weakness(?:es)? (?:is|means|are) (?:defined as )?(?:an? )?(?:significant |control )?"
        r"(?:deficienc|combination)",
        r"\bno (?:\w+ )?material weakness|\bnot (?:an? )?material weakness|\bnone of\b",
        r"\bnot .{0,30}(?:constitute|rise to|amount to|deemed|considered)",
        r"\bnot (?:identif\w+|aware of|detect\w*|discover\w*|reveal) (?:any|an?)\b",
        r"risk that a material weakness|all (?:significant deficienc|material weakness)",
        r"\b(?:any|future|potential|possible) (?:\w+ ){0,3}material weakness|one or more material weakness",
        r"\b(?:was|were|been|fully|we|successfully|since) remediated|remediation .{0,60}\bcomplete",
        r"(?:previously|in the past|in prior (?:years|periods)|historically)"
        r"(?!.*\b(?:unmended|continu|still|remain))",
        _STANDARDS,
    ),
    calm=_any(
        rf"{_CONTROLS}.{{0,240}}\b(?:was|were|is|are) (?:operating |also |fully )?effective",
        r"concluded that (?:it|they|such controls) (?:was|were) effective",
        r"maintained.{0,60}effective internal control",
    ),
    calm_sections=("9A", "4", "8", "15"),
)
AUDITOR_CHANGE = Subject(
    name="a change of auditor",
    strength=0.4,
    cues=("dismiss", "resign", "stand for re", "terminat", "replac", "new independent"),
    says=_any(
        rf"\b(?:dismiss(?:ed|al of)|terminated|replac(?:ed|ing)|not stand for re).{{0,120}}{_AUDITOR}",
        rf"\b(?:engag|appoint|select)\w*.{{0,120}}\bnew {_AUDITOR}",
        rf"\b(?:resigned|resignation|declin(?:ed|es) to stand).{{0,120}}{_AUDITOR}",
        rf"{_AUDITOR}.{{0,160}}\b(?:resign(?:ed|ation)|(?:was|were|been) (?:dismissed|replaced|terminated)"
        r"|declin(?:ed|es) to stand)",
    ),
    innocent=_any(r"internal auditors?|chief|director of|vice president|partner (?:of|at)|adverse change"),
    calm=_any(
        r"^(?:item 9\b.{0,140})?\W*(?:none|not applicable)\b",
        r"accountants? on accounting and financial disclosures?\W*(?:none|not applicable)\b",
        r"\bno (?:changes? in (?:or|and|nor) )?disagreements?",
        r"ha(?:s|ve) served as (?:the company|our|the registrant)['’s]* auditor",
    ),
    calm_sections=("9", "8", "15", "14"),
    graver=re.compile(r"resign|declin|not stand"),
    graver_strength=0.6,
    items=("4.01",),
    sections=("4.01", "9", "16F", "", "5", "8.01", "9B"),
)
LATE_FILING = Subject(
    name="a late filing",
    strength=0.8,
    cues=("12b-25", "late filing", "prescribed time", "unable to file", "timely", "unreasonable effort"),
    says=_any(
        r"(?:unable|not (?:be )?able|failed|did not|will not|has not|have not|cannot).{0,40}\bfile"
        rf".{{0,160}}{_REPORT}.{{0,200}}(?:prescribed|timely|on time|due date|unreasonable|deadline)",
        rf"(?:unable|failed|did not|not able).{{0,30}}timely file.{{0,120}}{_REPORT}",
        r"notification of late filing",
        r"\b(?:filed|filing) (?:a )?(?:notice on )?form 12b-25",
    ),
    innocent=_any(r"\[x\]|check mark|section 16\(a\)|eligib|smaller reporting"),
    calm=_any(r"(?:has|have) (?:\(1\) )?filed all reports|filed on a timely basis"),
    calm_sections=("", "9B", "9A"),
    form=re.compile(r"NT |12B-25", re.I),
    negatable=False,
)
INQUIRY = Subject(
    name="an inquiry by the SEC",
    strength=0.6,
    cues=("subpoena", "inquir", "wells notice", "investigation", "formal order"),
    says=_any(
        rf"\b{_ANSWERS}.{{0,120}}{_PROBE}.{{0,120}}{_SEC}",
        rf"\b{_ANSWERS}.{{0,100}}{_SEC}.{{0,120}}{_PROBE}",
        rf"{_SEC}.{{0,120}}\b(?:issued|served|commenced|opened|is conducting|initiated|has begun|began|sent)"
        rf".{{0,120}}{_PROBE}",
        rf"subject of an? .{{0,60}}{_PROBE} by .{{0,40}}{_SEC}",
    ),
    innocent=_any(
        r"from time to time|comment letters?|staff comments|conclud\w+ (?:its|the|their)|\bclosed\b",
        r"completed (?:its|the|their)|not (?:intend to )?recommend|no enforcement|terminat"
        r"|resolved|resolution of|settle",
    ),
    calm=_any(
        r"not (?:currently |presently )?(?:a )?part(?:y|ies) to .{0,60}(?:proceeding|litigation|legal)",
        r"know of no",
        r"\bno (?:material )?(?:pending )?(?:legal )?proceedings?",
        r"(?:legal|claims|proceedings|litigation|lawsuits).{0,120}\bordinary course of",
    ),
    calm_sections=("3", "8"),
)
SUBJECTS: Sequence[Subject] = (
    RESTATEMENT,
    GOING_CONCERN,
    MATERIAL_WEAKNESS,
    AUDITOR_CHANGE,
    LATE_FILING,
    INQUIRY,
)
