"""Offered transcripts of every form become sentences with speaker, seconds, role and question."""

import json

import pytest

from smalti.ingest.parse.contract import Request
from smalti.ingest.parse.dispatch import choose
from smalti.ingest.parse.transcript import parse
from smalti.platform.errors import Empty, Malformed
from smalti.platform.records import EvidenceKind, SourceKind

VTT = b"""WEBVTT

NOTE made by hand

1
00:00:01.000 --> 00:00:04.000
<v Operator>Our first question comes from Mary Major with Big Bank.

2
00:00:04.500 --> 00:00:06.000
<v Mary Major>How do margins

3
00:00:06.000 --> 00:00:07.500
<v Mary Major>look? And taxes?

4
00:00:08.000 --> 00:00:10.000
<v Jane Roe>They rose by <i>50 basis points</i>.
"""
SRT = b"""1
00:00:01,000 --> 00:00:04,000
Operator: Our first question comes from Mary Major with Big Bank.

2
00:00:04,500 --> 00:00:07,500
Mary Major: How do margins look? And taxes?

3
00:00:08,000 --> 00:00:10,000
Jane Roe: They rose by
50 basis points.
"""
PODCAST = json.dumps(
    {
        "version": "1.0.0",
        "segments": [
            {
                "speaker": "Operator",
                "startTime": 1,
                "endTime": 4,
                "body": "Our first question comes from Mary Major with Big Bank.",
            },
            {
                "speaker": "Mary Major",
                "startTime": 4.5,
                "endTime": 7.5,
                "body": "How do margins look? And taxes?",
            },
            {"speaker": "Jane Roe", "startTime": 8, "endTime": 10, "body": "They rose by 50 basis points."},
        ],
    }
).encode()
PLAIN = b"""Operator: Our first question comes from Mary Major with Big Bank.

Mary Major: How do margins look? And taxes?

Jane Roe: They rose by 50 basis points.
"""
HTML = b"""<html><body><cite>Operator:</cite><time>0:01</time>
<p>Our first question comes from Mary Major with Big Bank.</p>
<cite>Mary Major:</cite><time>0:04</time><p>How do margins look? And taxes?</p>
<cite>Jane Roe:</cite><time>0:08</time><p>They rose by 50 basis points.</p>
<script>alert(1)</script></body></html>"""


@pytest.mark.parametrize(
    ("raw", "name", "timed"),
    [
        (VTT, "q4.vtt", True),
        (SRT, "q4.srt", True),
        (PODCAST, "q4.json", True),
        (PLAIN, "q4.txt", False),
        (HTML, "q4.html", True),
    ],
)
def test_each_form_gives_the_same_turns(raw: bytes, name: str, timed: bool) -> None:
    request = Request(name, kind=SourceKind.CALL)
    assert choose(raw, request) == "smalti.ingest.parse.transcript:parse"
    (document,) = parse(raw, request).documents
    assert document.kind is SourceKind.CALL
    pieces = document.pieces
    assert [p.text for p in pieces] == [
        "Our first question comes from Mary Major with Big Bank.",
        "How do margins look?",
        "And taxes?",
        "They rose by 50 basis points.",
    ]
    assert {p.kind for p in pieces} == {EvidenceKind.PARAGRAPH}
    assert [p.locator.speaker for p in pieces] == ["Operator", "Mary Major", "Mary Major", "Jane Roe"]
    assert [p.payload["role"] for p in pieces] == ["operator", "analyst", "analyst", "management"]
    assert [p.payload["question"] for p in pieces] == [None, 1, 1, None]
    assert pieces[3].payload["answer_to"] == 1
    assert pieces[3].payload["numbers"][0]["value"] == 50.0
    assert pieces[3].payload["numbers"][0]["unit"] == "basis points"
    if timed:
        assert [p.locator.seconds[0] for p in (pieces[0], pieces[1], pieces[3]) if p.locator.seconds] == [
            1.0,
            pytest.approx(4.25, abs=0.3),
            8.0,
        ]
    text = "\n\n".join(p.text for p in pieces)
    assert all(p.locator.chars and text[slice(*p.locator.chars)] == p.text for p in pieces)


def test_prose_of_a_call_without_turns_stays_plain_text() -> None:
    prose = b"Thanks, and good morning, everyone\nSales rose. As we said: growth.\n"
    assert choose(prose, Request("Text.txt", kind=SourceKind.CALL)).endswith(".plain:parse")
    assert choose(PLAIN, Request("news.txt", kind=SourceKind.NEWS)).endswith(".plain:parse")


def test_what_is_no_transcript_ends_in_its_own_error() -> None:
    with pytest.raises(Empty):
        parse(b"WEBVTT\n\n", Request("q4.vtt"))
    with pytest.raises(Malformed):
        parse(b'{"segments": {}}', Request("q4.json"))


def test_hostile_cues_are_read_in_time() -> None:
    raw = b"WEBVTT\n\n" + b"00:00:01.000 --> 00:00:02.000\nword word\n\n" * 20_000
    assert len(parse(raw, Request("q4.vtt")).documents[0].pieces) > 100
    assert choose(b"A" + b" a" * 100_000 + b":", Request("x.txt", kind=SourceKind.CALL)).endswith(":parse")
