import pytest

from smalti.ingest.parse.text import (
    MAX_PARAGRAPH,
    blocks,
    clean,
    decode,
    from_markup,
    load_json,
    paragraphs,
    web_address,
)
from smalti.platform.errors import Malformed

WORDS = "Größe über alles: Umsatz 3 €"


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32", "cp1252"])
def test_text_is_decoded_whatever_its_encoding(codec: str) -> None:
    mark = "\ufeff" if codec == "utf-16-be" else ""
    assert decode((mark + WORDS).encode(codec)) == WORDS


def test_utf_16_without_a_mark_is_recognised() -> None:
    assert decode("Net sales rose".encode("utf-16-le")) == "Net sales rose"
    assert decode("Net sales rose".encode("utf-16-be")) == "Net sales rose"


def test_markup_may_name_its_encoding() -> None:
    page = '<meta charset="shift_jis"><p>売上高</p>'
    assert decode(page.encode("shift_jis"), declared=True) == page
    assert "p" in decode(b'<meta charset="base64"><p>\xff', declared=True)  # no text encoding: not followed


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("&#xD83D;&#xDE00;", "😀"),
        ("&#55357;&#56832;", "😀"),
        ("&#x0d83d;&#xde00;&#xD83D;", "😀\ufffd"),
        ("&#xDE00; &#xD83D;", "\ufffd \ufffd"),
        ("&#55000;", "\ud6d8"),
        ("&#x1F600; &#8217; &#xD7FF;", "&#x1F600; &#8217; &#xD7FF;"),
    ],
)
def test_characters_written_in_markup_as_two_halves_are_joined(written: str, meant: str) -> None:
    assert decode(f"<p>{written}</p>".encode(), declared=True) == f"<p>{meant}</p>"
    assert decode(written.encode()) == written  # plain text means what it says


def test_hidden_characters_are_removed() -> None:
    assert clean("a\0b\u202ec\u200bd\r\ne \t f\ud800") == "abcd\ne f\ufffd"


def test_markup_becomes_words_one_line_a_block() -> None:
    markup = (
        "<p>Sales &amp; profit\n rose</p><script>alert(1)</script><ul><li>a <b>5</b>%</li><li>b</li></ul>"
    )
    assert from_markup(markup) == "Sales & profit rose\na 5%\nb"


def test_escaped_markup_is_words_and_not_markup() -> None:
    assert from_markup("AT&amp;T &lt;3 you &#128;") == "AT&T <3 you €"
    assert from_markup("a\nb") == "a\nb"


def test_the_deepest_markup_is_read_quickly_and_without_a_crash() -> None:
    assert from_markup("words first " + "<div>" * 150_000) == "words first"


def test_piece_offsets_point_into_the_joined_text() -> None:
    pieces = paragraphs(["First one.", "Headline", "Second one."], headline="Headline")
    plain = "\n\n".join(piece.text for piece in pieces)
    assert [piece.text for piece in pieces] == ["Headline", "First one.", "Second one."]
    assert all(plain[slice(*piece.locator.chars or ())] == piece.text for piece in pieces)


def test_long_paragraphs_are_cut_at_sentences() -> None:
    text = "This sentence has exactly seven words inside. " * 200
    pieces = paragraphs([text.strip()])
    assert len(pieces) > 1
    assert all(len(piece.text) <= MAX_PARAGRAPH and piece.text.endswith("inside.") for piece in pieces)
    assert " ".join(piece.text for piece in pieces) == text.strip()
    assert "".join(piece.text for piece in paragraphs(["x" * 5000])) == "x" * 5000


def test_blank_lines_part_paragraphs_else_line_ends_do() -> None:
    assert blocks("a\nb\n\n c  d") == ["a b", "c d"]
    assert blocks("a\nb") == ["a", "b"]


def test_only_web_addresses_are_addresses() -> None:
    assert web_address(" https://example.org/a?b=1 ") == "https://example.org/a?b=1"
    for url in (
        "javascript:alert(1)",
        "file:///etc/passwd",
        "//example.org",
        "http://[x",
        "https://",
        "",
        None,
    ):
        assert web_address(url) is None


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 100_000, "{", "[NaN]", "9" * 10_000])
def test_hostile_json_is_malformed(text: str) -> None:
    with pytest.raises(Malformed):
        load_json(text, "x.json")
