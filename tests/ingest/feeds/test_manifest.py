"""The manifest and sidecars: what holds for which path, dates, and bad rows."""

from datetime import UTC, datetime

import pytest

from smalti.ingest.feeds.manifest import Manifest, Said, parse_moment, read_sidecar
from smalti.platform.errors import Malformed, TooLarge
from smalti.platform.records import SourceKind

HEADER = "path,issuer,kind,available_at,source_of_date\n"


def manifest(*rows: str) -> Manifest:
    return Manifest.read((HEADER + "\n".join(rows)).encode())


def test_a_bare_date_is_known_only_when_its_day_is_over() -> None:
    assert parse_moment("2017-04-25") == datetime(2017, 4, 25, 23, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "hour"),
    [("2017-04-25T13:30:00Z", 13), ("2017-04-25T09:30:00-04:00", 13), ("2017-04-25 13:30", 13)],
)
def test_times_are_brought_to_utc(text: str, hour: int) -> None:
    assert parse_moment(text) == datetime(2017, 4, 25, hour, 30, tzinfo=UTC)


@pytest.mark.parametrize("text", ["April 2017", "0001-01-01T00:00:00+10:00", "2017-13-01", "9999-12-31"])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_moment(text)


def test_a_folder_row_holds_below_and_a_file_row_completes_it() -> None:
    m = manifest("calls/A,Acme,call,2020-01-02,dateline", "calls/A/late.mp3,,,2020-03-04,letter")
    below = m.about("calls/A/Audio/x_1_1.mp3")
    assert (below.issuer, below.kind, below.source_of_date) == ("Acme", SourceKind.CALL, "dateline")
    late = m.about("calls/A/late.mp3")
    assert (late.issuer, late.source_of_date) == ("Acme", "letter")
    assert late.available_at == datetime(2020, 3, 4, 23, 59, 59, tzinfo=UTC)
    assert m.about("calls/AB/x.mp3") == Said()


def test_a_date_never_borrows_the_source_of_another_date() -> None:
    m = manifest("a,,,2020-01-02,dateline", "a/f.pdf,,,2020-03-04,")
    assert m.about("a/f.pdf").source_of_date is None


@pytest.mark.parametrize(
    ("pattern", "path", "hit"),
    [
        ("**/Text.txt", "Text.txt", True),
        ("**/Text.txt", "a/b/Text.txt", True),
        ("*.csv", "a/b.csv", False),
        ("a/*/keys", "a/b/keys/deep/k.json", True),
        ("a/**/z.pdf", "a/z.pdf", True),
        ("a/**", "a/b/c", True),
        ("a/**", "b/a/c", False),
        ("**", "anything/at.all", True),
        ("q[12].pdf", "q2.pdf", True),
    ],
)
def test_patterns(pattern: str, path: str, hit: bool) -> None:
    assert bool(manifest(f"{pattern},,exclude").about(path).excluded) is hit


def test_many_stars_stay_fast() -> None:
    m = manifest("/".join(["**", "a"] * 40)[:-1] + "b,,exclude")
    assert m.about("/".join(["a"] * 200)).excluded is None


def test_an_exclusion_wins_over_a_more_specific_row() -> None:
    assert manifest("a,,exclude", "a/f.pdf,Acme,filing").about("a/f.pdf").excluded


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("f.pdf,Acme,novel,,", "line 2: kind 'novel' is none of news, filing"),
        ("f.pdf,Acme,filing,2017-02-30,", "line 2: available_at '2017-02-30' is no ISO date"),
        ("f.pdf,MGM Resorts, Inc.,filing,2017-02-09,x", "line 2: it has 6 cells, not 5"),
        ("f.pdf,Acme,filing,,\nf.pdf,Other,filing,,", "line 3: f.pdf was already given in line 2"),
        ("f.pdf,Ac\u202eme,filing,,", "line 2: issuer holds the character U+202E"),
    ],
)
def test_a_bad_row_is_told_by_line_to_the_inputs_it_covers(row: str, words: str) -> None:
    m = manifest(row)
    assert words in (m.about("f.pdf").problem or "")
    assert m.about("g.pdf").problem is None


@pytest.mark.parametrize("path", ["../up.pdf", "a/../../up.pdf", "/etc/passwd", "a//b", ""])
def test_a_path_out_of_the_folder_places_nothing_and_is_told(path: str) -> None:
    m = manifest(f"{path},Acme,exclude,,", "ok.pdf,Acme,filing,,")
    assert [u[:6] for u in m.unplaced] == ["line 2"]
    assert m.about("ok.pdf").issuer == "Acme"


def test_unused_rows_are_named() -> None:
    m = manifest("gone.pdf,Acme,filing,,", "here.pdf,Acme,filing,,")
    m.about("here.pdf")
    assert m.unused() == ["line 2: nothing here is named gone.pdf"]


def test_names_in_either_unicode_form_meet() -> None:
    assert manifest("Cafe\u0301.pdf,Acme").about("Caf\u00e9.pdf").issuer == "Acme"


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"file,issuer\nf.pdf,Acme\n", "unknown column 'file'"),
        (b"issuer,kind\nAcme,filing\n", "lacks or repeats"),
        (b"", "lacks or repeats"),
        (b"path,availble_at\nf.pdf,2017-01-01\n", "unknown column 'availble_at'"),
        (b"path\n\xff\xfe\n", "not UTF-8"),
        (b'path\n"open\n', "not CSV"),
    ],
)
def test_a_manifest_that_cannot_be_trusted_as_a_whole_is_refused(raw: bytes, words: str) -> None:
    with pytest.raises(Malformed, match=words):
        Manifest.read(raw)


def test_too_many_patterns_are_refused() -> None:
    with pytest.raises(TooLarge):
        manifest(*[f"{i}*,,exclude" for i in range(1_001)])


def test_a_sidecar_says_date_issuer_kind_and_url() -> None:
    raw = b'{"available_at": "2020-01-02T03:04:05Z", "issuer": "Acme", "kind": "news", "url": "https://x.test/a"}'
    said = read_sidecar(raw, "a.html.meta.json")
    assert said.available_at == datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert (said.issuer, said.kind, said.url) == ("Acme", SourceKind.NEWS, "https://x.test/a")


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"[]", "not a JSON object"),
        (b"{", "not JSON"),
        (b"[" * 50_000, "not JSON"),
        (b'{"issuer": 3}', "issuer is not a string"),
        (b'{"kind": "exclude"}', "only manifest.csv may exclude"),
        (b'{"available_at": "soon"}', "no ISO date"),
        (b" " * 70_000, "over"),
        (b'{"issuer": "\\ud800"}', "issuer holds the character U+D800"),
        (b'{"url": "https://a.example/\\u0000"}', "url holds the character U+0000"),
    ],
)
def test_a_bad_sidecar_is_a_problem_with_its_name(raw: bytes, words: str) -> None:
    problem = read_sidecar(raw, "a.meta.json").problem or ""
    assert problem.startswith("a.meta.json") and words in problem


def test_made_up_data_is_marked_for_all_below_a_folder():
    manifest = Manifest.read(b"path,synthetic\n.,true\n")
    assert manifest.about("news/a.html").synthetic
    assert not Manifest.read(b"path,synthetic\nnews,false\n").about("news/a.html").synthetic


def test_a_mark_that_is_neither_true_nor_false_fails_its_row():
    said = Manifest.read(b"path,synthetic\na.txt,perhaps\n").about("a.txt")
    assert "neither true nor false" in (said.problem or "")
