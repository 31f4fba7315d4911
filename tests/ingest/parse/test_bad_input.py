"""Inputs an enemy would send. Each must end in its own error, or cost one record, within small limits."""

import io
import resource
import struct
import subprocess
import sys
import textwrap
import zipfile
import zlib

import pytest

from smalti.ingest.parse import feed, image, news, plain, posts
from smalti.ingest.parse.contract import Parsed, Request
from smalti.ingest.parse.dispatch import choose
from smalti.platform.errors import Empty, Malformed, TooLarge
from smalti.platform.records import Outcome

PARSERS = {module.PARSER: module.parse for module in (feed, image, news, plain, posts)}


def ingest(raw: bytes, name: str) -> Parsed:
    request = Request(name)
    return PARSERS[choose(raw, request).rpartition(".")[2].removesuffix(":parse")](raw, request)


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int) -> bytes:
    """A PNG of a kilobyte that declares any size."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0" * 1_000_000, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def archive(*files: tuple[str, int]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, size in files:
            made.writestr(name, b"0" * size)
    return out.getvalue()


def laughs(codec: str = "utf-8") -> bytes:
    levels = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    start = f'<!DOCTYPE r [<!ENTITY a0 "ha">{levels}]><rss version="2.0"><channel>'
    return f"{start}<item><title>&a9;</title></item></channel></rss>".encode(codec)


def test_a_recording_of_no_bytes() -> None:
    with pytest.raises(Empty):
        ingest(b"", "call.mp3")


def test_text_named_pdf() -> None:
    with pytest.raises(Malformed):
        ingest(b"just words\n" * 50, "report.pdf")


@pytest.mark.parametrize(("width", "height"), [(20_000, 20_000), (10_001, 10_000), (2**31 - 1, 2**31 - 1)])
def test_a_picture_too_large_to_decode(width: int, height: int) -> None:
    with pytest.raises((TooLarge, Malformed)) as told:
        ingest(png(width, height), "chart.png")
    assert width == 2**31 - 1 or isinstance(told.value, TooLarge)


def test_a_zip_bomb_in_an_office_file() -> None:
    with pytest.raises(TooLarge, match="inflates"):
        ingest(archive(("[Content_Types].xml", 900), ("word/document.xml", 30_000_000)), "report.docx")


def test_broken_feeds() -> None:
    with pytest.raises(Malformed):
        ingest(b'<?xml version="1.0"?><rss version="2.0"><channel><title>x', "wire.xml")
    with pytest.raises(Malformed):
        ingest(b'<?xml version="1.0"?><nonsense>', "wire.xml")


@pytest.mark.parametrize("codec", ["utf-8", "utf-16", "utf-16-le", "utf-32"])
def test_billion_laughs(codec: str) -> None:
    with pytest.raises(Malformed, match="entities"):
        ingest(laughs(codec), "wire.xml")


def test_posts_with_one_bad_line() -> None:
    parsed = ingest(b'{"text": "one"}\n{"text": \n{"text": "two"}\n', "posts.json")
    assert [one.outcome for one in parsed.records] == [Outcome.PARSED, Outcome.QUARANTINED, Outcome.PARSED]


@pytest.mark.parametrize("raw", [b"[" * 2_000_000, b'{"a":' * 1_000_000, b'{"items":[' + b"[" * 100_000])
def test_json_nested_too_deep(raw: bytes) -> None:
    with pytest.raises(Malformed):
        ingest(raw, "x.json")


def test_marks_nulls_and_wide_encodings_do_not_hide_text() -> None:
    note = "Net sales rose by a tenth."
    for raw in (
        note.encode("utf-16"),
        note.encode("utf-8-sig"),
        note.encode("utf-16-be"),
        note.encode() + b"\0",
    ):
        assert ingest(raw, "note.txt").documents[0].pieces[0].text == note
    post = b'\xef\xbb\xbf{"text": "sales rose\\u0000 again"}\0\n'
    assert ingest(post, "p.json").documents[0].pieces[0].text == "sales rose again"


def test_pages_of_nothing_but_tags() -> None:
    with pytest.raises(TooLarge):
        ingest(b"<html><body>" + b"<div>" * 10_000_000, "page.html")
    with pytest.raises(Empty):
        ingest(b"<html><body>" + b"<div>" * 50_000, "page.html")


def test_feeds_of_nothing_but_tags() -> None:
    start = b'<rss version="2.0"><channel><item><title>a</title><description>'
    for filler in (b"<", b"&", b"<div>", b"<![CDATA[", b"<item>"):
        with pytest.raises(TooLarge):
            ingest(start + filler * 1_000_000, "wire.xml")


def test_a_name_is_never_opened() -> None:
    assert ingest(b"Sales rose.", "../../etc/passwd.txt").documents[0].title == "Sales rose."


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("page.html", 'b"<html><body>" + b"<div>" * 99_000 + b"word " * 100_000'),
        ("page.html", 'b"<html><body>" + b"<p>some words of an article here, really.</p>" * 49_000'),
        ("page.html", 'b"<html><body><p " + b"a=1 " * 4_000_000 + b">x"'),
        ("wire.xml", """b'<rss version="2.0"><channel>' + b"<item>" * 99_000"""),
        ("wire.xml", """b'<rss version="2.0"><channel>' + b"<item><title>a</title></item>" * 24_000"""),
        (
            "wire.xml",
            """b'<rss version="2.0"><channel><item><title>a</title><description>' + b"&" * 99_000""",
        ),
        ("note.txt", 'b"word " * 3_900_000'),
        ("note.txt", 'b"\\n \\n" * 6_000_000 + b"x"'),
        ("posts.json", """b'{"text": "' + b"$ a " * 60_000 + b'"}\\n'"""),
        ("chart.png", "wide_png()"),
    ],
)
def test_what_is_just_within_the_limits_fits_the_sandbox(name: str, raw: str) -> None:
    """In a process of its own with 1.5 GB of address space and 60 s of processor time."""
    script = textwrap.dedent(
        f"""
        import importlib, io, resource
        resource.setrlimit(resource.RLIMIT_AS, (1_500 * 2**20,) * 2)
        resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
        from smalti.ingest.parse.contract import Request
        from smalti.ingest.parse.dispatch import choose
        from smalti.platform.errors import InputError
        def wide_png():
            from PIL import Image
            out = io.BytesIO()
            Image.new("RGBA", (9_990, 10_000)).save(out, "PNG", compress_level=1)
            return out.getvalue()
        raw, request = {raw}, Request({name!r})
        try:
            module = choose(raw, request).partition(":")[0]
            importlib.import_module(module).parse(raw, request)
        except InputError as bad:
            print(bad)
        """
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < 1_500 * 1024
