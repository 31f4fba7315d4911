from datetime import UTC, datetime

import pytest

from smalti.ingest.parse.contract import Request
from smalti.ingest.parse.plain import parse
from smalti.platform.errors import Empty, TooLarge
from smalti.platform.records import DateMethod, SourceKind

NOTE = "Acme widens its loss\n\n"
NOTE += "The company lost $4.1 million in the\nquarter to June.\n\nShares fell by a tenth."


def test_paragraphs_become_pieces_in_order() -> None:
    document = parse(NOTE.encode(), Request("note.txt", kind=SourceKind.FILING)).documents[0]
    assert [piece.text for piece in document.pieces] == [
        "Acme widens its loss",
        "The company lost $4.1 million in the quarter to June.",
        "Shares fell by a tenth.",
    ]
    assert (document.title, document.kind, document.language) == (
        "Acme widens its loss",
        SourceKind.FILING,
        "en",
    )


def test_a_date_in_the_text_or_name_is_not_believed() -> None:
    document = parse(b"On 3 May 2011 sales rose.", Request("2011-05-03.txt")).documents[0]
    assert document.published_at is None
    assert document.date_method is None


def test_the_manifest_dates_it() -> None:
    when = datetime(2017, 2, 9, 21, tzinfo=UTC)
    document = parse(NOTE.encode("utf-16"), Request("note.txt", published_at=when)).documents[0]
    assert (document.published_at, document.date_method) == (when, DateMethod.MANIFEST)
    assert document.title == "Acme widens its loss"


def test_no_words_is_empty_and_too_many_bytes_too_large() -> None:
    with pytest.raises(Empty):
        parse(b"\xef\xbb\xbf \n\0\n", Request("a.txt"))
    with pytest.raises(TooLarge):
        parse(b"a" * 20_000_001, Request("a.txt"))
