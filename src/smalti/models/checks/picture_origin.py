"""What a picture's file says of how it was made, held against the words it is shown with.

Whoever made a file wrote these marks: they can be forged or taken out, but nobody marks a photograph as made
by a model by mistake. Error levels and repeated parts tell nothing by themselves on real posts (AUC .55), so
they only add a little to a mark, or to a number that stands where they point.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from smalti.models.checks.picture_shown import Shown, part
from smalti.models.checks.record import Citation, Finding
from smalti.platform.records import Evidence

AS_REAL, SHOWN = 0.8, 0.3
"""Strength of a picture that declares itself made by a model: told of as real, and merely shown."""
_IN_PART, _UNSIGNED, _COPY = 0.6, 0.8, 0.7
"""Factors: only part of it was made so; nothing signed says it; an earlier copy says it, this one lost it."""
VOUCHED_BUT_EDITED, BROKEN_SEAL, TAKEN_BEFORE = 0.6, 0.35, 0.3
HINTS_AND_EDITOR, HINTS_AND_NUMBER = 0.2, 0.1
_MOST_HINTS = 3
"""Findings of hints that are told: many weak ones must not add up to a strong one."""
_OLD_DAYS = 30
_EDITORS = re.compile(
    r"photoshop|gimp\b|affinity|pixelmator|face-?tune|picsart|snapseed|paint\.net|photopea|luminar|fotor|inpaint"
    r"|acorn|corel|canva",
    re.I,
)
_EDITS = re.compile(r"c2pa\.(?:edited|placed|composited|drawing|removed|repurposed|filtered)\b")
_AMOUNT = re.compile(r"[$€£]\s?\d[\d.,]*|\d[\d.,]*\s?(?:%|percent|million|billion|bn|mn)\b", re.I)
_DAY = re.compile(r"(\d{4}):(\d\d):(\d\d)\b")


def marker(image: Evidence) -> tuple[str, float, str]:
    """Words of a picture's file that say a model made it, how strong they are, and what they mean.

    Returns:
        Empty words, 0 and an empty text where the file says nothing of the kind.
    """
    provenance = part(image.payload, "provenance")
    ai = part(provenance, "ai")
    if ai.get("made") not in ("generated", "composite"):
        return "", 0.0, ""
    whole = ai["made"] == "generated"
    strength = (1.0 if whole else _IN_PART) * (1.0 if ai.get("intact") is True else _UNSIGNED)
    types = part(provenance, "c2pa").get("source_types")
    stated = [*(types if isinstance(types, list) else []), part(provenance, "xmp").get("source_type")]
    words = next((str(s) for s in stated if s and "algorithmicmedia" in str(s).lower()), str(ai["made"]))
    by = {"c2pa": "its signed manifest", "c2pa ingredient": "the signed manifest of what it is made of"}
    return words, strength, f"{by.get(str(ai.get('by')), 'its own description')} says {words}"


def made_by_model(shown: Shown, elder: Evidence | None = None) -> Finding | None:
    """A picture that declares itself made by a model, shown as if it were real.

    Args:
        shown: the picture and its words.
        elder: an earlier copy, whose file may still say what this one no longer does.
    """
    held = next((i for i in (shown.image, elder) if i is not None and marker(i)[0]), None)
    if held is None or shown.says_artificial:
        return None
    words, strength, says = marker(held)
    claim = shown.told_as_real
    strength *= (AS_REAL if claim else SHOWN) * (1.0 if held is shown.image else _COPY)
    told = f"tells of it as real ({claim!r})" if claim else "shows it without a word of that"
    whose = "of the picture" if held is shown.image else "of an earlier copy of the picture"
    return Finding(
        said=shown.cite_words(claim),
        against=(Citation(held.evidence_id, words),),
        strength=round(strength, 3),
        reason=f"The {shown.place} {told}; the file {whose} declares a model made it: {says}.",
        details={"declared": words, "claim": claim, "kind": shown.kind},
    )


def changed(shown: Shown) -> Finding | None:
    """A picture whose file tells of changes that the words beside it deny, or that broke its signature."""
    provenance = part(shown.image.payload, "provenance")
    edit, seal = _edit(provenance), _broken_seal(provenance)
    if seal:
        vouched = shown.vouched
        return Finding(
            said=shown.cite_words(vouched),
            against=(Citation(shown.image.evidence_id, seal),),
            strength=VOUCHED_BUT_EDITED if vouched else BROKEN_SEAL,
            reason=(
                f"The picture in the {shown.place} was changed after it was signed: its manifest no longer"
                f" fits the file ({seal})."
            ),
            details={"problem": seal},
        )
    if edit and shown.vouched:
        return Finding(
            said=shown.cite_words(shown.vouched),
            against=(Citation(shown.image.evidence_id, edit),),
            strength=VOUCHED_BUT_EDITED,
            reason=f"The {shown.place} says {shown.vouched!r} of a picture whose file names {edit}.",
            details={"edit": edit},
        )
    return None


def _edit(provenance: Mapping[str, Any]) -> str:
    """Words of the file that tell of an editor or an edit."""
    stated = [part(provenance, "exif").get("software"), part(provenance, "xmp").get("tool")]
    stated.append(part(provenance, "c2pa").get("generator"))
    editor = next((str(s) for s in stated if s and _EDITORS.search(str(s)[:200])), "")
    actions = part(provenance, "c2pa").get("actions")
    done = (str(a) for a in (actions if isinstance(actions, list) else []))
    return editor or next((a for a in done if _EDITS.match(a)), "")


def _broken_seal(provenance: Mapping[str, Any]) -> str:
    signed = part(provenance, "c2pa")
    problems = signed.get("problems")
    listed = [str(p) for p in problems] if isinstance(problems, list) else []
    return next((p for p in listed if "mismatch" in p), "") if signed.get("state") == "invalid" else ""


def taken_before(shown: Shown) -> Finding | None:
    """A photograph told of as of now whose own camera says that it was taken long before.

    A camera's clock may be wrong and dates nothing; it only speaks against the words beside the picture.
    """
    stated = part(part(shown.image.payload, "provenance"), "exif").get("taken")
    found = _DAY.match(str(stated)[:30]) if stated else None
    claim = shown.told_as_news if found else ""
    if not found or not claim:
        return None
    try:
        taken = datetime(
            int(found[1]), int(found[2]), int(found[3]), tzinfo=shown.document.available_at.tzinfo
        )
    except ValueError:
        return None
    days = (shown.document.available_at - taken).days
    if days < _OLD_DAYS or taken.year < 2000 or (taken.month, taken.day) == (1, 1):  # a clock never set
        return None
    return Finding(
        said=shown.cite_words(claim),
        against=(Citation(shown.image.evidence_id, str(stated)),),
        strength=TAKEN_BEFORE,
        reason=(
            f"The {shown.place} says {claim!r} of a picture whose camera gives {taken:%Y-%m-%d} as the day"
            f" it was taken, {days} days before."
        ),
        details={"taken": str(stated), "days": days},
    )


def hinted(pictures: Sequence[Shown]) -> list[Finding]:
    """Weak findings: hints of forgery beside an editor's mark, or on a number that the words repeat."""
    found: list[Finding] = []
    seen: set[str] = set()
    for shown in pictures:
        if len(found) >= _MOST_HINTS:
            break
        hints = _hints(shown.image.payload) if shown.key not in seen else {}
        one = _hint(shown, hints) if hints else None
        if one is not None:
            seen.add(shown.key)
            found.append(one)
    return found


def _hint(shown: Shown, hints: Mapping[str, Sequence[float]]) -> Finding | None:
    edit = _edit(part(shown.image.payload, "provenance"))
    claim = shown.told_as_real
    if edit and claim:
        named, strength = edit, HINTS_AND_EDITOR
        what = f"and its file names {edit}"
    else:
        named, strength = _number_there(shown, list(hints.values())), HINTS_AND_NUMBER
        what = f"where it says {named!r}, a number its words repeat"
    if not named:
        return None
    return Finding(
        said=shown.cite_words(claim if edit and claim else named),
        against=(Citation(shown.image.evidence_id, named),),
        strength=strength,
        reason=(
            f"The picture in the {shown.place} has a part that compresses unlike the rest or appears twice,"
            f" {what}. Such hints alone tell little."
        ),
        details={"hints": sorted(hints)},
    )


def _hints(payload: Mapping[str, Any]) -> dict[str, Sequence[float]]:
    """Boxes of the parts that stand out, by which measure they do."""
    forensics = part(payload, "forensics")
    levels, moved = part(forensics, "error_levels"), part(forensics, "copy_move")
    found = {}
    if levels.get("telling") is True and _is_box(levels.get("box")):
        found["error levels"] = levels["box"]
    if moved.get("score") and _is_box(moved.get("box")):
        found["repeated part"] = moved["box"]
    return found


def _number_there(shown: Shown, boxes: Sequence[Sequence[float]]) -> str:
    """A number of the words beside the picture that stands in one of the boxes; empty where none does."""
    beside = {_digits(m) for m in _AMOUNT.findall(shown.text)}
    lines = shown.image.payload.get("ocr")
    for line in (lines if isinstance(lines, list) else [])[:200]:
        if not isinstance(line, Mapping) or not _is_box(line.get("box")):
            continue
        for amount in _AMOUNT.findall(str(line.get("text"))[:200]):
            if _digits(amount) in beside and any(_overlap(line["box"], box) for box in boxes):
                return str(amount)
    return ""


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def _is_box(box: object) -> bool:
    return isinstance(box, list | tuple) and len(box) == 4 and all(isinstance(v, int | float) for v in box)


def _overlap(one: Sequence[float], other: Sequence[float]) -> bool:
    across = min(one[2], other[2]) - max(one[0], other[0])
    down = min(one[3], other[3]) - max(one[1], other[1])
    return across > 0 and down > 0
