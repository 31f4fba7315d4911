"""Companies that an issuer owns, as exhibit 21 of its annual report lists them: names and where formed.

A line counts only when it ends in a jurisdiction, which every such list gives; what else the exhibit says
(headings, footnotes, who owns how much) is passed over.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from smalti.ingest.names import tokenize

__all__ = ["MAX_SUBSIDIARIES", "Subsidiary", "is_exhibit_21", "subsidiaries"]

MAX_SUBSIDIARIES = 5_000
_MAX_TEXT, _MAX_LINE, _MAX_WORDS = 2_000_000, 240, 14
_PLACES = """
Alabama;Alaska;Arizona;Arkansas;California;Colorado;Connecticut;Delaware;District of Columbia;Florida;Georgia;
Hawaii;Idaho;Illinois;Indiana;Iowa;Kansas;Kentucky;Louisiana;Maine;Maryland;Massachusetts;Michigan;Minnesota;
Mississippi;Missouri;Montana;Nebraska;Nevada;New Hampshire;New Jersey;New Mexico;New York;North Carolina;
North Dakota;Ohio;Oklahoma;Oregon;Pennsylvania;Puerto Rico;Rhode Island;South Carolina;South Dakota;Tennessee;
Texas;Utah;Vermont;Virginia;Washington;West Virginia;Wisconsin;Wyoming;DE;NY;CA;NV;TX;FL;
United States;United States of America;U.S.A.;USA;U.S.;
Argentina;Australia;Austria;Bahamas;Bahrain;Bangladesh;Barbados;Belgium;Bermuda;Bolivia;Brazil;
British Virgin Islands;BVI;Bulgaria;Cambodia;Canada;Alberta;British Columbia;Manitoba;Nova Scotia;Ontario;
Quebec;New Brunswick;Saskatchewan;Cayman Islands;Chile;China;People's Republic of China;PRC;P.R. China;
Colombia;Costa Rica;Croatia;Curacao;Cyprus;Czech Republic;Czechia;Denmark;Dominican Republic;Ecuador;Egypt;
El Salvador;England;England and Wales;England & Wales;Estonia;Finland;France;Germany;Ghana;Gibraltar;Greece;
Guatemala;Guernsey;Honduras;Hong Kong;Hungary;Iceland;India;Indonesia;Ireland;Isle of Man;Israel;Italy;
Jamaica;Japan;Jersey;Jordan;Kazakhstan;Kenya;Korea;South Korea;Republic of Korea;Kuwait;Latvia;Lebanon;
Liechtenstein;Lithuania;Luxembourg;Macau;Malaysia;Malta;Marshall Islands;Mauritius;Mexico;Monaco;Morocco;
Netherlands;The Netherlands;Netherlands Antilles;New Zealand;Nicaragua;Nigeria;Northern Ireland;Norway;Oman;
Pakistan;Panama;Paraguay;Peru;Philippines;Poland;Portugal;Qatar;Romania;Russia;Russian Federation;
Saudi Arabia;Scotland;Serbia;Singapore;Slovakia;Slovenia;South Africa;Spain;Sri Lanka;Sweden;Switzerland;
Taiwan;Thailand;Trinidad and Tobago;Tunisia;Turkey;U.K.;UK;United Kingdom;Ukraine;United Arab Emirates;UAE;
Uruguay;Venezuela;Vietnam;Zambia;Zimbabwe
"""
_BY_LENGTH = sorted((" ".join(p.split()) for p in _PLACES.split(";")), key=len, reverse=True)
_PLACE = re.compile(r"(?:^|[\s|,(\u2013-])(" + "|".join(map(re.escape, _BY_LENGTH)) + r")\W*$", re.I)
_NOTE = re.compile(r"\s*(?:\(\d{1,2}\)|\(?\d{1,3}(?:\.\d+)?\s*%\)?|[*\u2020\u2021]+)\s*")
_HEADER = re.compile(
    r"\b(?:name|names|subsidiar\w+|jurisdiction|state|country|incorporat\w+|organi[sz]\w+)\b", re.I
)


@dataclass(frozen=True, slots=True)
class Subsidiary:
    """A company owned, and where it is formed, both as written."""

    name: str
    jurisdiction: str


def is_exhibit_21(kind: str) -> bool:
    """Whether an exhibit's kind (`EX-21`, `EX-21.1`) says that it lists subsidiaries."""
    return re.match(r"EX-?21(?:\.|$)", kind.strip(), re.I) is not None


def subsidiaries(text: str) -> list[Subsidiary]:
    """The subsidiaries in an exhibit's text, each once, in order; at most 5,000.

    Args:
        text: one line a paragraph or table row, cells joined by ` | ` or a space.
    """
    found: dict[str, Subsidiary] = {}
    for line in text[:_MAX_TEXT].splitlines():
        one = _read(line) if len(line) <= _MAX_LINE else None
        if one:
            found.setdefault(one.name.casefold(), one)
        if len(found) == MAX_SUBSIDIARIES:
            break
    return list(found.values())


def _read(line: str) -> Subsidiary | None:
    """The subsidiary that a line names, if it is the row of one."""
    plain = " ".join(_NOTE.sub(" ", line.replace("\xa0", " ")).split())
    place = _PLACE.search(plain)
    if not place:
        return None
    name = plain[: place.start()].rstrip(" |,(\u2013-").partition(" | ")[0].strip()
    words = tokenize(name)
    telling = len(words) > 1 and sum(len(w.norm) for w in words) > 5 and len(words) <= _MAX_WORDS
    if not telling or not name[0].isalnum() or _HEADER.search(name):
        return None
    return Subsidiary(name, place[1])
