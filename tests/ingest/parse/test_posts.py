import json
import os
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from smalti.ingest.parse.contract import Limits, Parsed, Request
from smalti.ingest.parse.posts import parse
from smalti.platform.errors import Empty, Malformed, TooLarge
from smalti.platform.records import DateMethod, Outcome, SourceKind

DATA = Path(os.environ.get("SMALTI_DATA", Path(__file__).parents[4] / "shared/data")) / "sample/social"


def lines(*rows: object) -> Parsed:
    raw = "\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows)
    return parse(raw.encode(), Request("posts.json"))


def test_tokens_are_joined_into_the_post() -> None:
    tokens = ["3m", "co", "$", "mmm", "up", "$", "1.50", ",", "or", "2", "%", "!"]
    post = {"text": tokens, "created_at": "Wed Dec 09 22:17:57 +0000 2015", "user_id_str": "297848618"}
    document = lines(post).documents[0]
    assert [piece.text for piece in document.pieces] == ["3m co $mmm up $1.50, or 2%!"]
    assert (document.part, document.kind, document.author) == ("line 1", SourceKind.SOCIAL, "297848618")
    assert document.published_at == datetime(2015, 12, 9, 22, 17, 57, tzinfo=UTC)
    assert document.date_method is DateMethod.FEED
    assert document.hints == {"cashtags": "MMM", "author_id": "297848618"}


def test_a_post_may_carry_a_picture_and_its_reach() -> None:
    post = {
        "text": "look at $QZX and $BRK.B, not $5",
        "image": "p7.png",
        "user": {"id": 12, "followers_count": 9000},
    }
    assert lines(post).documents[0].hints == {
        "cashtags": "BRK.B QZX",
        "author_id": "12",
        "followers": "9000",
        "image": "p7.png",
    }


@pytest.mark.parametrize(
    "name", ["../secret.png", "/etc/x.png", "a/b.png", "..\\x.png", "x.exe", "", 7, ["a.png"]]
)
def test_a_picture_outside_the_folder_is_not_believed(name: object) -> None:
    assert "image" not in lines({"text": "hello there", "image": name}).documents[0].hints


def test_a_post_of_a_timeline_keeps_who_passed_on_whose_words_and_its_pictures() -> None:
    post = {
        "uri": "https://a.example/statuses/9",
        "text": "",
        "created_at": "2026-03-22T08:00:00Z",
        "edited_at": "2026-03-23T09:00:00Z",
        "user": {
            "id": "did:plc:x",
            "username": "boxes.example",
            "display_name": "Boxes",
            "followers_count": 5,
        },
        "likes": 11,
        "reposts": 0,
        "replies": True,
        "language": "de",
        "repost_of": "https://b.example/statuses/1",
        "original_author": "axis@b.example",
        "images": [
            {"file": "p-1.jpg", "alt": "A chart,\nrising"},
            {"file": "../p.png", "alt": "no"},
            "p-3.png",
        ],
    }
    (document,) = lines(post).documents
    assert document.hints == {
        "author_id": "did:plc:x",
        "author_name": "Boxes",
        "followers": "5",
        "likes": "11",
        "reposts": "0",
        "post_id": "https://a.example/statuses/9",
        "repost_of": "https://b.example/statuses/1",
        "original_author": "axis@b.example",
        "image": "p-1.jpg\np-3.png",
    }
    assert document.author == "boxes.example"
    assert document.published_at == datetime(2026, 3, 23, 9, tzinfo=UTC)
    (piece,) = document.pieces
    assert (piece.text, piece.locator.chars) == ("A chart, rising", (0, 15))
    assert piece.payload == {"role": "alternative text", "image": "p-1.jpg"}


def test_the_words_of_a_post_come_before_those_about_its_pictures() -> None:
    post = {"text": "look at this", "images": [{"file": "a.png", "alt": "a box"}]}
    pieces = lines(post).documents[0].pieces
    assert [(piece.text, piece.locator.chars) for piece in pieces] == [
        ("look at this", (0, 12)),
        ("a box", (14, 19)),
    ]


def test_a_post_with_neither_words_nor_pictures_is_quarantined() -> None:
    parsed = lines({"text": "one"}, {"text": "", "images": [{"file": "/etc/x.png"}, 7]})
    assert [one.outcome.value for one in parsed.records] == ["parsed", "quarantined"]


def test_an_array_of_posts_is_read_like_lines() -> None:
    raw = json.dumps([{"text": "one"}, 7, {"text": "three", "id": 3}, {"text": "again", "id": 3}], indent=1)
    parsed = parse(raw.encode(), Request("posts.json"))
    assert [document.part for document in parsed.documents] == ["item 1", "item 3"]
    assert [one.outcome.value for one in parsed.records] == ["parsed", "quarantined", "parsed", "duplicate"]
    many = json.dumps([{"text": "a"}] * 3).encode()
    with pytest.raises(TooLarge):
        parse(many, Request("p.json", limits=Limits(max_records=2)))


def test_one_bad_line_costs_one_line() -> None:
    parsed = lines(
        {"text": "one"},
        '{"text": "cut',
        {"text": "two"},
        "[1]",
        "[" * 50_000,
        {"no": "text"},
        {"text": "three"},
    )
    assert [document.part for document in parsed.documents] == ["line 1", "line 3", "line 7"]
    bad = [one for one in parsed.records if one.outcome is Outcome.QUARANTINED]
    assert [one.record for one in bad] == ["line 2", "line 4", "line 5", "line 6"]
    assert {one.code for one in bad} == {"Malformed"}
    assert all(one.reason and one.mend for one in bad)


def test_the_same_post_twice_is_a_duplicate() -> None:
    parsed = lines({"id": 5, "text": "one"}, {"id": 5, "text": "one"}, {"id": 6, "text": "one"})
    assert [one.outcome.value for one in parsed.records] == ["parsed", "duplicate", "parsed"]
    assert parsed.records[1].reason == "same id as line 1"


def test_a_post_without_a_date_says_so() -> None:
    parsed = lines({"text": "undated", "created_at": "yesterday"})
    assert parsed.documents[0].published_at is None
    assert "no readable date" in parsed.records[0].reason


def test_the_label_column_is_never_read() -> None:
    table = 'guid,label,text\n4383,negative,"Down, down"\n320,positive,Up\n'
    other = table.replace("negative", "neutral").replace("positive", "UNSPEAKABLE")
    parsed = parse(table.encode(), Request("labels.csv"))
    assert parsed == parse(other.encode(), Request("labels.csv"))
    assert [document.hints for document in parsed.documents] == [{"image": "4383"}, {"image": "320"}]
    assert parsed.documents[0].pieces[0].text == "Down, down"


def test_a_row_of_the_wrong_width_is_quarantined() -> None:
    parsed = parse(b"guid,text\n1,fine\n2,not, quoted\n3,../fine\n../4,fine\n", Request("t.csv"))
    assert [(one.record, one.outcome.value) for one in parsed.records] == [
        ("line 2", "parsed"),
        ("line 3", "quarantined"),
        ("line 4", "parsed"),
        ("line 5", "parsed"),
    ]
    assert [document.hints.get("image") for document in parsed.documents] == ["1", "3", None]


def test_a_file_of_nothing_usable_is_refused() -> None:
    with pytest.raises(Empty):
        parse(b"{}"[:0] + b"guid,text\n", Request("t.csv"))
    with pytest.raises(Malformed, match="line 1"):
        lines('{"text": ')
    with pytest.raises(Malformed, match="guid"):
        parse(b"a,b\n1,2\n", Request("t.csv"))
    with pytest.raises(TooLarge):
        parse(b'{"text":"a"}\n' * 3, Request("p.json", limits=Limits(max_records=2)))


@pytest.mark.data
def test_the_sample_posts_are_all_read() -> None:
    if not DATA.is_dir():
        pytest.skip(f"no {DATA}: set SMALTI_DATA to the folder of real data")
    languages: Counter[str | None] = Counter()
    parts = 0
    for path in sorted((DATA / "stocknet_tweets").glob("*.json")):
        raw = path.read_bytes()
        parsed = parse(raw, Request(path.name))
        assert len(parsed.records) == raw.count(b"\n")
        assert {one.outcome for one in parsed.records} == {Outcome.PARSED}
        assert all(document.published_at for document in parsed.documents)
        ticker = path.name.split("_")[0]
        assert sum(ticker in document.hints.get("cashtags", "").split() for document in parsed.documents)
        languages.update(document.language for document in parsed.documents)
        parts += len(parsed.documents)
    assert parts == 244
    assert languages["en"] >= 200
    table = parse((DATA / "labels.csv").read_bytes(), Request("labels.csv"))
    assert len(table.documents) == 33
    assert all((DATA / f"{document.hints['image']}.jpg").exists() for document in table.documents)
