from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from tests.models.checks.charts import as_payload, chart, damaged
from tests.models.checks.dossiers import document, dossier, piece

from smalti.models.checks.dossier import Likeness
from smalti.models.checks.picture import picture
from smalti.models.checks.record import Check
from smalti.platform.records import Document, Evidence, EvidenceKind, SourceKind

SIGNED = {
    "ai": {"made": "generated", "by": "c2pa", "intact": True},
    "c2pa": {
        "state": "valid",
        "source_types": ["trainedAlgorithmicMedia"],
        "actions": ["c2pa.created"],
        "problems": [],
    },
    "exif": None,
    "xmp": None,
}
PLAIN = {"ai": None, "c2pa": None, "exif": None, "xmp": None}


class Posts:
    """Posts with pictures, as one dossier."""

    def __init__(self) -> None:
        self.documents: list[Document] = []
        self.pieces: list[Evidence] = []
        self.likenesses: list[Likeness] = []

    def post(self, words: str, day: str = "2026-05-10", author: str | None = None, **more: Any) -> Evidence:
        """A post by an account of its own unless one is named; gives its picture."""
        name = f"post {len(self.documents)}"
        written, kind = more.pop("written", ""), more.pop("kind", "photo")
        hints = {"cashtags": "ANVL"} | more.pop("hints", {})
        paper = document(SourceKind.SOCIAL, day, name, author or f"account {name}", **hints)
        paper = replace(paper, title=words[:120])
        payload = {
            "phash": name,
            "provenance": more.pop("provenance", PLAIN),
            "picture_kind": {"kind": kind, "score": 1.0},
            "forensics": more.pop("forensics", None),
            "ocr": more.pop("ocr", []),
        }
        image = piece(paper, EvidenceKind.IMAGE, written, payload | more, 1, f"{name} picture")
        self.documents.append(paper)
        self.pieces += [piece(paper, EvidenceKind.PARAGRAPH, words, {}, 0, f"{name} words"), image]
        return image

    def like(self, later: Evidence, elder: Evidence, distance: int = 3) -> None:
        """The later picture nearly repeats the elder."""
        of = next(d for d in self.documents if d.document_id == elder.document_id)
        self.likenesses.append(Likeness(later.evidence_id, elder, of, distance))

    def check(self, prices: Any = ()) -> Check:
        """The check of them."""
        return picture(dossier(self.documents, self.pieces, likenesses=self.likenesses, prices=prices))


@pytest.mark.parametrize(
    ("words", "marks", "strength"),
    [
        ("Look at the new Anvil plant, photo from this morning", SIGNED, 0.8),
        ("Anvil Corporation, long term", SIGNED, 0.3),  # told of as nothing
        ("Here is the new plant", SIGNED | {"ai": {"made": "composite", "by": "c2pa", "intact": True}}, 0.48),
        ("Here is the new plant", PLAIN | {"ai": {"made": "generated", "by": "xmp", "intact": False},
                                           "xmp": {"source_type": "trainedAlgorithmicMedia"}}, 0.64),
    ],
)  # fmt: skip
def test_a_picture_that_declares_a_model_made_it_is_held_against_the_words_it_is_shown_with(
    words: str, marks: dict[str, Any], strength: float
) -> None:
    posts = Posts()
    posts.post(words, provenance=marks)
    (one,) = posts.check().findings
    assert one.strength == strength
    assert (one.said[0].quote, one.said[0].evidence_id) == (words, "post 0 words")
    assert (one.against[0].evidence_id, one.against[0].quote) == ("post 0 picture", "trainedAlgorithmicMedia")


@pytest.mark.parametrize(
    "words",
    [
        "AI-generated picture of what the Anvil plant may look like",
        "Made with Midjourney, look at this plant",
        "Artist's impression of the new site",
        "satire: this is the new CEO",
    ],
)
def test_a_picture_that_is_said_to_be_made_by_a_model_is_innocent(words: str) -> None:
    posts = Posts()
    posts.post(words, provenance=SIGNED)
    assert posts.check().findings == ()


def test_to_deny_that_a_model_made_it_is_no_admission() -> None:
    posts = Posts()
    posts.post("This is not AI generated, real photo of the plant", provenance=SIGNED)
    assert posts.check().findings[0].strength == 0.8


def test_a_copy_that_lost_its_mark_is_held_against_the_earlier_one_that_has_it() -> None:
    posts = Posts()
    elder = posts.post("My AI art of an anvil plant", "2026-05-01", provenance=SIGNED)
    later = posts.post("Look at the anvil plant", "2026-05-02")
    posts.like(later, elder)
    (one,) = posts.check().findings
    assert (one.strength, one.against[0].evidence_id) == (0.56, elder.evidence_id)
    assert one.said[0].evidence_id == "post 1 words"


def test_one_picture_shown_many_times_counts_once() -> None:
    posts = Posts()
    for _ in range(300):
        posts.post("Look at the plant", provenance=SIGNED, phash="one")
    found = posts.check()
    assert len(found.findings) == 1 and found.value == pytest.approx(0.8)


def test_one_account_counts_once_and_its_flood_is_looked_at_in_part() -> None:
    posts = Posts()
    for k in range(120):
        posts.post(f"Look at plant {k}", author="spam", provenance=SIGNED, written="ANVL price $25\n" * 50)
    found = posts.check(FLAT)
    assert len(found.findings) == 2  # one that a model made it, one of the price
    assert found.silences[-1].reason == "cannot compare: 70 further pictures were not looked at"


def test_an_editor_in_the_file_matters_only_where_the_words_deny_it() -> None:
    edited = PLAIN | {"exif": {"software": "Adobe Photoshop 25.1", "taken": None, "camera": None}}
    posts = Posts()
    posts.post("Our new plant", provenance=edited)
    assert posts.check().findings == ()
    posts.post("Our new plant, unedited", provenance=edited)
    (one,) = posts.check().findings
    assert (one.strength, one.against[0].quote) == (0.6, "Adobe Photoshop 25.1")


def test_a_signature_that_no_longer_fits_the_file_is_told() -> None:
    broken = {
        "state": "invalid",
        "problems": ["assertion.dataHash.mismatch"],
        "actions": [],
        "source_types": [],
    }
    posts = Posts()
    posts.post("The signed contract", provenance=PLAIN | {"c2pa": broken})
    posts.post(
        "The contract", provenance=PLAIN | {"c2pa": broken | {"problems": ["signingCredential.untrusted"]}}
    )
    (one,) = posts.check().findings
    assert (one.strength, one.against[0].quote) == (0.35, "assertion.dataHash.mismatch")


def test_a_camera_s_day_speaks_against_now_and_is_no_date() -> None:
    def marks(taken: str) -> dict[str, Any]:
        return PLAIN | {"exif": {"software": None, "taken": taken, "camera": "C"}}

    posts = Posts()
    posts.post("BREAKING: fire at the plant", provenance=marks("2023:04:11 10:00:00"))
    posts.post("The plant in 2023", provenance=marks("2023:04:11 10:00:00"))
    posts.post("BREAKING: smoke at the plant", provenance=marks("2000:01:01 00:00:00"))  # a clock never set
    posts.post("BREAKING: flames at the plant", provenance=marks("2026:05:09 10:00:00"))
    posts.post("BREAKING: nothing at the plant", provenance=marks("9999:99:99"))
    (one,) = posts.check().findings
    assert (one.strength, one.details["days"]) == (0.3, 1125)


HINTS = {
    "error_levels": {"score": 6.0, "telling": True, "box": [100, 100, 300, 160]},
    "copy_move": {"score": 9, "box": [0, 0, 50, 50], "box_of": [90, 0, 140, 50], "shift": [90, 0]},
}


def test_hints_of_forgery_alone_are_no_finding() -> None:
    posts = Posts()
    posts.post("Pilot line photos look fine", forensics=HINTS)
    assert (posts.check().findings, posts.check().value) == ((), 0.0)


def test_hints_on_a_number_that_the_words_repeat_count_a_little_and_few_times() -> None:
    line = [{"text": "ORDER $900 million", "box": [110, 110, 280, 150], "score": 0.9}]
    posts = Posts()
    posts.post("Order of $900 million!", forensics=HINTS, ocr=line)
    posts.post("Order of $800 million!", forensics=HINTS, ocr=line)
    assert [one.strength for one in posts.check().findings] == [0.1]
    for _ in range(50):
        posts.post("Order of $900 million!", forensics=HINTS, ocr=line)
    assert len(posts.check().findings) == 3


def old(
    words: str, elder_words: str = "Fire drill at our site", day: str = "2026-04-01", **more: Any
) -> Check:
    posts = Posts()
    author = more.pop("elder_author", None)
    elder = posts.post(elder_words, day, author, kind=more.get("kind", "photo"))
    posts.like(posts.post(words, **more), elder)
    return posts.check()


def test_an_old_picture_told_of_as_news_is_held_against_the_earlier_post() -> None:
    (one,) = old("BREAKING: the Anvil plant is on fire").findings
    assert one.strength == 0.7
    assert one.said[0].quote == "BREAKING: the Anvil plant is on fire"
    assert one.against[0].evidence_id == "post 0 picture"
    assert "shown on 2026-04-01 by account post 0, 39 days before" in one.reason
    assert old("BREAKING: the Anvil plant is on fire", day="2026-05-06").findings[0].strength == 0.4


@pytest.mark.parametrize(
    ("words", "more"),
    [
        ("The Anvil plant, solid as ever", {}),  # claims nothing of now
        ("Breaking news back in April: this is an old photo", {}),
        ("RT @other: BREAKING fire at the plant", {}),
        ("BREAKING fire at the plant, photo from 2019", {}),
        ("BREAKING: fire at the plant", {"hints": {"repost_of": "post 0"}}),
        ("BREAKING: fire at the plant", {"day": "2026-05-08"}),  # may be one event
        ("BREAKING: fire at the plant", {"kind": "chart"}),
        ("BREAKING: fire at the plant", {"author": "me", "elder_author": "me"}),
        ("BREAKING: fire at the plant", {"written": "Anvil Corporation"}),  # a logo
        (
            "Breaking: my fire drill at our site today",
            {"elder_words": "Breaking: fire drill at our site today"},
        ),
    ],
)
def test_what_says_so_or_shows_nothing_of_now_is_no_old_picture_used_as_new(
    words: str, more: dict[str, Any]
) -> None:
    assert old(words, **more).findings == ()


def test_a_picture_that_many_show_without_news_is_a_stock_picture() -> None:
    posts = Posts()
    elder = posts.post("Fire drill at our site", "2026-03-01")
    for words in ("Anvil is my favourite", "long Anvil", "what a firm this Anvil is"):
        posts.like(posts.post(words), elder)
    posts.like(posts.post("BREAKING news of Anvil Corporation"), elder)
    assert posts.check().findings == ()


def test_a_crowd_that_tells_an_old_picture_as_news_counts_once() -> None:
    posts = Posts()
    elder = posts.post("Fire drill at our site", "2026-03-01")
    for k in range(10):
        posts.like(posts.post(f"BREAKING: Anvil plant {k} burns right now"), elder)
    assert [one.strength for one in posts.check().findings] == [0.7]


DAYS = [date(2026, 1, 5) + timedelta(days=k) for k in range(126)]
FLAT = [(day.isoformat(), 10.0 + 0.3 * (k % 7), 1e6) for k, day in enumerate(DAYS)]


def priced(values: list[float], title: str, words: str = "$ANVL", **more: Any) -> Check:
    posts = Posts()
    image = posts.post(words, kind="chart", written=title)
    line = {str(k): value for k, value in enumerate(values)}
    paper = next(d for d in posts.documents if d.document_id == image.document_id)
    shown = chart(paper, title, {"ANVL": line}, kind="line", method="measured", page=None, **more)
    posts.pieces.append(shown)
    return posts.check(FLAT)


def test_a_chart_of_prices_that_rose_as_the_price_never_did_is_told_by_returns() -> None:
    (one,) = priced([10.0, 14.0, 19.0, 25.0], "ANVL, last 60 days").findings
    assert one.strength == 0.6
    assert one.details["possible"] == 1.18  # 11.8 after 10.0
    assert "shows a change of +150%" in one.reason
    assert (one.said[0].evidence_id, one.against[0].evidence_id) == ("chart", "prices-table")
    assert (
        priced([5.0, 7.0, 9.5, 12.5], "ANVL, last 60 days").findings[0].strength == 0.6
    )  # whatever its level


def test_honest_charts_of_prices_are_silent_and_a_split_explains_a_level() -> None:
    assert priced([10.1, 11.5, 10.4, 11.8], "ANVL, last 60 days").findings == ()
    halved = priced([5.05, 5.75, 5.2, 5.9], "ANVL, last 60 days")
    assert halved.findings == ()
    assert "a split of 2 to 1" in halved.silences[0].reason
    (one,) = priced([17.1, 17.9, 17.3, 18.0], "ANVL price, last 60 days").findings
    assert one.strength == 0.3
    assert "no usual split explains it" in one.reason


def test_charts_of_others_or_of_other_things_are_not_held_against_the_price() -> None:
    assert priced([10.0, 14.0, 19.0, 25.0], "OTHR, last 60 days", "$OTHR").findings == ()
    assert priced([10.0, 14.0, 19.0, 25.0], "Anvil stores opened by state").findings == ()
    assert priced([10.0, 12.0, 13.0, 14.0], "ANVL price").findings == ()  # of which days is not said
    (one,) = priced([10.0, 14.0, 19.0, 25.0], "ANVL price").findings
    assert one.strength == 0.32


def claimed(written: str, words: str = "$ANVL", **more: Any) -> Check:
    posts = Posts()
    posts.post(words, kind="screenshot", written=written, **more)
    return posts.check(FLAT)


def test_prices_and_gains_written_in_a_picture_are_held_against_closes() -> None:
    (one,) = claimed("ANVL\nprice $18.60").findings
    assert (one.strength, one.said[0].quote) == (0.4, "price $18.60")
    (gain,) = claimed("ANVL up 120% this week").findings
    assert (gain.strength, gain.said[0].quote) == (0.6, "up 120% this week")
    assert claimed("ANVL up 12% this week\nprice $11.20").findings == ()


@pytest.mark.parametrize(
    "written",
    [
        "Price target $25",
        "ANVL could hit $25 soon",
        "ANVL now $25 million contract",
        "ANVL upside +120% this year",
        "OTHER Inc. price $25",
        "The OTHER Corporation price $25",
    ],
)
def test_targets_hopes_and_other_sums_are_no_prices(written: str) -> None:
    assert claimed(written, "$ANVL $OTHR", hints={"cashtags": "ANVL OTHR"}).findings == ()


def test_without_prices_of_those_days_nothing_is_said() -> None:
    found = claimed("ANVL price $25", day="2025-11-01")
    assert found.findings == ()
    assert found.silences[0].reason.startswith("cannot compare: no prices are known")


def test_payloads_of_any_shape_and_words_without_end_do_no_harm() -> None:
    posts = Posts()
    odd: list[Any] = [3, "x", [1], {"ai": 5, "c2pa": [], "exif": "x"}, {"ai": {"made": ["x"]}}]
    for marks in odd:
        posts.post(
            "breaking " * 20_000, provenance=marks, forensics=marks, ocr=marks, picture_kind=marks, phash=None
        )
    posts.post("$" * 50_000, written="+1" * 50_000 + "%", ocr=[{"text": "9" * 10_000, "box": ["a"] * 4}])
    assert posts.check(FLAT).findings == ()


def test_damaged_payloads_never_break_it() -> None:
    draw = Random(4)
    for _ in range(30):
        posts = Posts()
        elder = posts.post("Fire drill", "2026-03-01")
        for marks in (SIGNED, PLAIN | {"exif": {"software": "GIMP", "taken": "2020:01:02 1"}}):
            line = [{"text": "ORDER $900 million", "box": [110, 110, 280, 150]}]
            image = posts.post(
                "BREAKING real photo of $900 million today, unedited",
                provenance=damaged(marks, draw), forensics=damaged(HINTS, draw), ocr=damaged(line, draw),
                phash=damaged("x", draw), written="ANVL up 120% this week\nprice $99",
            )  # fmt: skip
            posts.like(image, elder)
        shown = chart(
            posts.documents[-1],
            "ANVL, last 60 days",
            {"ANVL": {"1": 10.0, "2": 15.0, "3": 30.0}},
            kind="line",
        )
        posts.pieces.append(replace(shown, payload=as_payload(damaged(shown.payload, draw))))
        assert all(0 < one.strength <= 1 for one in posts.check(FLAT).findings)
