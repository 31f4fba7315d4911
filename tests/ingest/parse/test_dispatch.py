import importlib
import os
from collections import Counter
from pathlib import Path

import pytest

from smalti.ingest.parse.contract import Request
from smalti.ingest.parse.dispatch import choose, version
from smalti.platform.errors import Empty, InputError, Malformed, Unsupported
from smalti.platform.records import SourceKind

DATA = Path(os.environ.get("SMALTI_DATA", Path(__file__).parents[4] / "shared/data"))

IX = b'<?xml version="1.0"?><html xmlns:ix="http://www.xbrl.org/2013/inlineXBRL"><body><ix:header/></body></html>'
COVER = b"<html><body><p>FORM&#160;8-K</p><p>Commission File Number 001-1</p></body></html>"
ARTICLE = b"<!DOCTYPE html><html><body><p>The SEC wants a Form 8-K, a lawyer said.</p></body></html>"


def chosen(raw: bytes, name: str = "x", kind: SourceKind | None = None) -> str:
    module, _, function = choose(raw, Request(name, kind=kind)).partition(":")
    assert function == "parse"
    return module.removeprefix("smalti.ingest.parse.")


@pytest.mark.parametrize(
    ("raw", "parser"),
    [
        (b"%PDF-1.7\n", "pdf"),
        (b'[{"id": "1", "text": "Orders rose."}, {"id": "2", "text": "They fell."}]', "posts"),
        (b"\r\n junk %PDF-1.4\n", "pdf"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "image"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "image"),
        (b"RIFF\x24\0\0\0WEBPVP8 ", "image"),
        (b"RIFF\x24\0\0\0WAVEfmt ", "audio"),
        (b"ID3\x04\0\0\0\0\0\0", "audio"),
        (b"\xff\xfb\x90\x64\0\0\0\0", "audio"),
        (b"BM\x36\0\x0c\0\0\0\0\0\x36\0\0\0", "image"),
        (b"fLaC\0\0\0\x22", "audio"),
        (b"OggS\0\x02\0\0", "audio"),
        (IX, "edgar_html"),
        (COVER, "edgar_html"),
        (b"<DOCUMENT>\n<TYPE>EX-99.1\n<TEXT><html>", "edgar_html"),
        (b"<SEC-DOCUMENT>0001.txt : 2024", "edgar_html"),
        (ARTICLE, "news"),
        (b"<div><p>a page saved in part</p></div>", "news"),
        (b'<?xml version="1.0"?>\n<!-- a --><rss version="2.0"><channel/></rss>', "feed"),
        (b'<feed xmlns="http://www.w3.org/2005/Atom"></feed>', "feed"),
        (b'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"></urlset>', "feed"),
        (b'<rss version="2.0"><channel><item><description>&lt;html&gt;<![CDATA[<html><body>', "feed"),
        (b'{"version": "https://jsonfeed.org/version/1.1", "items": []}', "feed"),
        (b'{"kind": "Listing", "data": {"children": []}}', "feed"),
        (b'{"cik": 66740, "entityName": "3M", "facts": {"us-gaap": {}}}', "xbrl_facts"),
        (b'{"text": "a post with facts: {", "created_at": "x"}\n', "posts"),
        (b'{"text": "cut\n{"text": "whole"}\n', "posts"),
        (b'{"created_at": "x", "text": "only line, cut', "posts"),
        (b"<html><body>a \xff b \0 c <p>one stray byte</p></body></html>" + b"words " * 99, "news"),
        (b'not json\n{"text": "whole"}\n', "posts"),
        (b'"guid","label","text"\r\n1,a,b\r\n', "posts"),
        (b"\xef\xbb\xbfDate,Open,High,Low,Close,Adj Close,Volume\n", "prices"),
    ],
)
def test_content_decides_whatever_the_name(raw: bytes, parser: str) -> None:
    assert chosen(raw) == parser
    assert chosen(raw, "misnamed.html") == parser


def test_the_same_kinds_are_told_in_utf_16() -> None:
    assert chosen('{"text": "a post"}\n'.encode("utf-16")) == "posts"
    assert chosen('<?xml version="1.0" encoding="utf-16"?><rss version="2.0"/>'.encode("utf-16")) == "feed"
    assert chosen("Date,Close\n2017-01-03,1\n".encode("utf-16-le"), "Q.csv") == "prices"


def test_the_declared_kind_settles_html_without_marks() -> None:
    page = b"<html><body><p>Exhibit</p></body></html>"
    assert chosen(page, "x.htm", SourceKind.FILING) == "edgar_html"
    assert chosen(page, "x.htm", SourceKind.NEWS) == "news"


def test_plain_text_needs_its_name() -> None:
    assert chosen(b"Sales rose.\n", "note.txt") == "plain"
    assert chosen(b"BMW sales rose.\n", "note.txt") == "plain"
    with pytest.raises(Unsupported):
        chosen(b"Sales rose.\n", "note")


@pytest.mark.parametrize("name", ["report.pdf", "call.mp3", "chart.png", "CALL.WAV"])
def test_text_under_a_binary_name_is_malformed(name: str) -> None:
    with pytest.raises(Malformed, match="text in a file named"):
        chosen(b"I am only text.\n" * 9, name)
    with pytest.raises(Malformed, match="text in a file named"):
        chosen(ARTICLE, name)


@pytest.mark.parametrize(
    ("raw", "name", "what"),
    [
        (bytes(range(1, 256)) * 9, "x.bin", "binary"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 99, "old.doc", "Office"),
        (b"\x1f\x8b\x08\0" + b"\x01" * 99, "a.gz", "gzip"),
        (b"PAR1\x15\x04", "a.parquet", "Parquet"),
        (b"PK\x03\x04 cut off", "a.zip", "ZIP"),
        (b'{"a": {"articleBody": "words"}}', "ground_truth.json", "JSON"),
        (b"path,issuer\na,b\n", "manifest.csv", "table"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "a.svg", "markup"),
        (b"import os\n", "run.py", "text"),
    ],
)
def test_what_is_not_read_is_named(raw: bytes, name: str, what: str) -> None:
    with pytest.raises(Unsupported, match=what) as told:
        chosen(raw, name)
    assert told.value.mend


def test_a_binary_that_is_not_what_its_name_says_is_malformed() -> None:
    with pytest.raises(Malformed, match=r"\.pdf"):
        chosen(bytes(range(1, 256)) * 9, "x.pdf")


def test_nothing_is_empty() -> None:
    for raw in (b"", b" \n\t", b"\0" * 999):
        with pytest.raises(Empty):
            chosen(raw, "call.mp3")


@pytest.mark.parametrize("module", ["news", "feed", "posts", "image", "prices", "plain"])
def test_a_version_is_read_without_import_and_is_the_modules_own(module: str) -> None:
    own = importlib.import_module(f"smalti.ingest.parse.{module}")
    assert (
        version(f"smalti.ingest.parse.{module}:parse") == (own.PARSER, own.VERSION) == (module, own.VERSION)
    )


@pytest.mark.data
def test_every_file_of_the_sample_goes_to_its_parser() -> None:
    root = DATA / "sample"
    if not root.is_dir():
        pytest.skip(f"no {root}: set SMALTI_DATA to the folder of real data")
    told: Counter[tuple[str, str]] = Counter()
    for path in sorted(one for one in root.rglob("*") if one.is_file()):
        name = path.relative_to(root).as_posix()
        with path.open("rb") as file:
            head = file.read(262_144)
        try:
            parser = chosen(head, name)
        except InputError as bad:
            parser = bad.code
        told[name.split("/")[0], parser] += 1
    assert told == {
        ("call_audio", "audio"): 240,
        ("call_audio", "plain"): 2,  # transcripts, answer keys: the manifest keeps them out
        ("charts", "image"): 19,
        ("filings_html", "edgar_html"): 6,
        ("filings_html", "xbrl_facts"): 1,
        ("filings_html", "image"): 1,
        ("filings_pdf", "pdf"): 9,
        ("manifest.csv", "Unsupported"): 1,
        ("news", "news"): 15,
        ("news", "feed"): 8,
        ("news", "Unsupported"): 1,  # ground_truth.json
        ("prices", "prices"): 2,
        ("social", "image"): 57,
        ("social", "posts"): 41,
    }


@pytest.mark.data
def test_awkward_pdfs_reach_the_pdf_parser_or_are_refused_with_a_reason() -> None:
    folder = DATA / "torture/pdf"
    if not folder.is_dir():
        pytest.skip(f"no {folder}: set SMALTI_DATA to the folder of real data")
    for path in sorted(folder.glob("*.pdf")):
        try:
            assert chosen(path.read_bytes()[:262_144], path.name) == "pdf", path.name
        except InputError as bad:
            assert bad.code in ("Empty", "Malformed"), path.name
            assert b"%PDF-" not in path.read_bytes()[:1024], path.name
