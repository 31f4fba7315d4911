"""Pictures with the words they are shown with, and what those words claim of them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from smalti.models.checks.dossier import Dossier
from smalti.models.checks.record import Citation
from smalti.platform.records import Document, Evidence, EvidenceKind, SourceKind

MAX_PICTURES, MAX_BY_ONE = 2_000, 50
"""Pictures that are looked at, in all and of one account; of a flood of posts the first are enough."""
_WORDS = 1_500  # characters read of the words beside a picture
_BESIDE = 3  # paragraphs beside a picture that are read as being about it

NEWS = re.compile(
    r"\b(?:breaking|just (?:now|in|happened|broke|started|arrived|saw|seen|took|spotted|landed"
    r"|signed)|happening now|right now|today|tonight|this (?:morning|afternoon|evening)|(?:minutes?"
    r"|hours?) ago|as we speak|developing (?:story|news)|live from|exclusive (?:photos?|pictures?"
    r"|images?|footage)|leaked|first (?:photos?|pictures?|pics?|images?|look)|(?:new|latest"
    r"|fresh) (?:photos?|pictures?|pics?|images?|footage))\b|\b(?:live|now): ",
    re.I,
)
"""Words that say a picture shows what is happening now."""
_AS_REAL = re.compile(
    r"\b(?:photos?|pictures?|pics?|footage|snapshots?|look at|here(?:'s|’s| is| are)|seen|spotted"
    r"|taken|inside the|inside our|at the (?:plant|factory|site|warehouse|gate)|real|proof|confirmed"
    r"|evidence|this is|see for yourself|signed|shipping|opened|visited)\b",
    re.I,
)
_VOUCHED = re.compile(
    r"\b(?:un-?edited|un-?touched|un-?retouched|no (?:filters?|edits?|photoshop|AI)"
    r"|not (?:photo-?shopped|edited|fake|AI(?:[- ]generated)?|generated|a render(?:ing)?|cgi)"
    r"|isn['’]?t (?:fake|AI|edited|photoshopped)|100% real|real (?:photos?|pictures?|pics?)"
    r"|original (?:photos?|pictures?|documents?|scans?))\b",
    re.I,
)
_ARTIFICIAL = re.compile(
    r"\b(?:AI[- ](?:generated|made|created|art|images?|pictures?|photos?|render\w*|video)|(?:made"
    r"|generated|created|drawn|imagined) (?:by|with|using|in) (?:an? )?(?:AI|midjourney|dall|chat"
    r"|stable|gemini|grok|firefly|bot|model)|midjourney|dall[-· ]?e\b|stable diffusion|adobe firefly"
    r"|deep-?fakes?|fakes?|faked|hoax|satire|parody|memes?|artist['’]?s? (?:impression|concept"
    r"|rendering)|render(?:ing|ed|s)?|concept (?:art|images?|design)|cgi|illustrat\w+"
    r"|generated (?:image|picture|art)|by AI|(?:image|picture|photo|art): ?AI|#?aiart|mock-?ups?"
    r"|photo-?shopped|imagin(?:e|ary)|visuali[sz]ation)\b",
    re.I,
)
_AGAIN = re.compile(
    r"^\s*rt\b|\b(?:repost(?:ed|ing)?|re-?shar(?:e|ed|ing)|re-?upload|throw-?back|tbt|flash-?back"
    r"|h/t|photo by|(?:photo|picture|pic|image|shot|taken) (?:from|in|of) (?:jan|feb|mar|apr|may|jun"
    r"|jul|aug|sep|oct|nov|dec)\w*|from (?:19|20)\d\d|in (?:19|20)\d\d|archives?|archival"
    r"|file (?:photo|picture|image)|stock (?:photo|image)|back in|last (?:year|month|week|spring"
    r"|summer|autumn|fall|winter|quarter)|earlier this (?:year|month)|remember(?: when| this)?"
    r"|(?:years?|months?|weeks?) ago|old (?:photo|picture|pic|image)|earlier (?:photo|picture|post)"
    r"|icymi|reminder|anniversary|not (?:from )?(?:today|now|new))\b|#tbt|via @|\b(?:source"
    r"|credits?):",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture where it is shown.

    Attributes:
        words: paragraphs beside it, those that describe the picture for people who do not see it left out.
    """

    image: Evidence
    document: Document
    words: tuple[Evidence, ...]

    @property
    def key(self) -> str:
        """The same for the same picture."""
        return str(self.image.payload.get("phash") or self.image.evidence_id)

    @property
    def text(self) -> str:
        """The words beside it, cut to a length."""
        return "\n".join(piece.text[:_WORDS] for piece in self.words)[:_WORDS]

    @property
    def told_as_news(self) -> str:
        """The words that say it shows what happens now; empty where none do, or it says it is older."""
        found = NEWS.search(self.text)
        return found[0] if found and not self.says_again else ""

    @property
    def told_as_real(self) -> str:
        """The words that tell of it as of something seen; empty where there are none."""
        found = self.vouched or next((m[0] for p in (_AS_REAL, NEWS) if (m := p.search(self.text))), "")
        return str(found)

    @property
    def vouched(self) -> str:
        """The words that say it was not made or changed; empty where there are none."""
        found = _VOUCHED.search(self.text)
        return found[0] if found else ""

    @property
    def says_artificial(self) -> bool:
        """Its words, or words in it, say that it is no photograph of anything."""
        words = _VOUCHED.sub(" ", f"{self.text}\n{self.image.text[:_WORDS]}")
        return _ARTIFICIAL.search(words) is not None

    @property
    def says_again(self) -> bool:
        """It is a repost, or its words say that the picture is an older one."""
        return bool(self.document.hints.get("repost_of")) or _AGAIN.search(self.text) is not None

    @property
    def kind(self) -> str:
        """`photo`, `chart`, `screenshot` or `other`; empty where it was not looked at."""
        return str(part(self.image.payload, "picture_kind").get("kind") or "")

    @property
    def place(self) -> str:
        """For people: who showed it, and when."""
        who = f" by {self.document.author}" if self.document.author else ""
        what = _NAMES.get(self.document.kind, "document")
        return f"{what}{who} of {self.document.available_at:%Y-%m-%d %H:%M}"

    def cite_words(self, quote: str = "") -> tuple[Citation, ...]:
        """The paragraph that holds a quote (all of it if short), then the picture."""
        holding = (piece for piece in self.words if quote and quote in piece.text)
        holds = next(holding, None) or next(iter(self.words), None)
        image = Citation(self.image.evidence_id)
        if holds is None:
            return (image,)
        whole = holds.text if len(holds.text) <= 300 else quote if quote in holds.text else ""
        return (Citation(holds.evidence_id, whole), image)


_NAMES = {SourceKind.SOCIAL: "post", SourceKind.NEWS: "news item", SourceKind.FILING: "filing"}


def part(payload: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """A part of a payload that should be an object; an empty one where it is not."""
    found = payload.get(name)
    return found if isinstance(found, Mapping) else {}


def pictures_of(dossier: Dossier) -> tuple[list[Shown], int]:
    """Pictures in documents that are no copies, oldest first, and how many more there are."""
    words: dict[str, list[Evidence]] = {}
    images: list[Evidence] = []
    by_author: Counter[str] = Counter()
    left = 0
    for piece in dossier.evidence:
        if piece.kind is EvidenceKind.IMAGE and piece.document_id not in dossier.copies:
            author = dossier.document(piece).author or ""
            by_author[author] += 1
            if len(images) >= MAX_PICTURES or (author and by_author[author] > MAX_BY_ONE):
                left += 1
            else:
                images.append(piece)
        elif piece.kind is EvidenceKind.PARAGRAPH and piece.payload.get("role") != "alternative text":
            listed = words.setdefault(piece.document_id, [])
            if len(listed) < _BESIDE:
                listed.append(piece)
    found = [Shown(i, dossier.document(i), tuple(words.get(i.document_id, ()))) for i in images]
    return found, left
