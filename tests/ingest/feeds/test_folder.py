"""Walking a folder: every file once, calls joined, keys left out, nothing unsafe entered."""

import errno
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from smalti.ingest.feeds.folder import Input, WalkLimits, read_member, walk
from smalti.platform.errors import Malformed, TooLarge, Unreadable
from smalti.platform.records import DateMethod, SourceKind

SAMPLE = Path(os.environ.get("SMALTI_DATA", Path(__file__).parents[4] / "shared/data")) / "sample"


def lay(root: Path, *files: str, **contents: str) -> Path:
    for name in files:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(contents.get(path.name.replace(".", "_"), name))
    return root


def by_path(inputs: list[Input]) -> dict[str, Input]:
    found = {i.path: i for i in inputs}
    assert len(found) == len(inputs), "paths are unique"
    return found


def test_every_file_comes_out_exactly_once(tmp_path: Path) -> None:
    names = ["a.pdf", "b/c.html", ".hidden", "call/Text.txt", "call/Audio/x_1_1.mp3", "call/Audio/x_1_2.mp3"]
    lay(tmp_path, *names)
    members = [m.path for i in walk(tmp_path) for m in i.members]
    assert sorted(members) == sorted(names)


def test_pieces_in_an_audio_folder_are_one_call_named_by_the_folder_above(tmp_path: Path) -> None:
    lay(tmp_path, "calls/Acme_2020/Audio/x_2_1.mp3", "calls/Acme_2020/Audio/x_1_1.mp3", "calls/solo.flac")
    found = by_path(walk(tmp_path))
    call = found["calls/Acme_2020"]
    assert call.kind is SourceKind.CALL and not call.stated
    assert [m.path[-9:] for m in call.members] == ["x_1_1.mp3", "x_2_1.mp3"]
    assert len(found["calls/solo.flac"].members) == 1


def test_a_call_and_a_file_of_the_same_name_stay_apart(tmp_path: Path) -> None:
    lay(tmp_path, "pieces", "part1.mp3", "part2.mp3")
    assert set(by_path(walk(tmp_path))) == {"pieces", "pieces*"}


@pytest.mark.parametrize("key", ["call/Text.txt", "news/ground_truth.json"])
def test_answer_keys_are_never_read(tmp_path: Path, key: str) -> None:
    lay(tmp_path, "call/part1.mp3", "call/part2.mp3", "call/Text.txt", "news/ground_truth.json")
    assert "answer key" in (by_path(walk(tmp_path))[key].skipped or "")


def test_text_txt_without_audio_is_an_ordinary_file(tmp_path: Path) -> None:
    assert by_path(walk(lay(tmp_path, "notes/Text.txt")))["notes/Text.txt"].readable


def test_the_manifest_names_issuer_kind_and_moment(tmp_path: Path) -> None:
    manifest = "path,issuer,kind,available_at,source_of_date\nnews/a.pdf,Acme,filing,2020-02-03,dateline\n"
    lay(tmp_path, "news/a.pdf", "news/b.pdf", "manifest.csv", manifest_csv=manifest)
    found = by_path(walk(tmp_path))
    a, b = found["news/a.pdf"], found["news/b.pdf"]
    assert (a.kind, a.stated, a.issuer) == (SourceKind.FILING, True, "Acme")
    assert a.published_at == datetime(2020, 2, 3, 23, 59, 59, tzinfo=UTC)
    assert a.date_method is DateMethod.MANIFEST and a.hints == {"source_of_date": "dateline"}
    assert (b.kind, b.stated, b.issuer, b.published_at) == (SourceKind.NEWS, False, None, None)
    assert found["manifest.csv"].skipped == "the manifest itself"


def test_what_the_manifest_excludes_is_skipped_even_inside_a_call(tmp_path: Path) -> None:
    manifest = "path,kind\n**/*_2.mp3,exclude\nkeys,exclude\n"
    lay(tmp_path, "c/p_1.mp3", "c/p_2.mp3", "c/p_3.mp3", "keys/k.txt", "manifest.csv", manifest_csv=manifest)
    found = by_path(walk(tmp_path))
    assert found["c/p_2.mp3"].skipped == "excluded by manifest.csv line 2"
    assert found["keys/k.txt"].skipped == "excluded by manifest.csv line 3"


def test_a_bad_row_fails_its_inputs_and_leaves_the_rest(tmp_path: Path) -> None:
    manifest = "path,available_at\na.pdf,yesterday\n../b.pdf,2020-01-01\ngone.pdf,2020-01-01\n"
    lay(tmp_path, "a.pdf", "b.pdf", "manifest.csv", manifest_csv=manifest)
    found = by_path(walk(tmp_path))
    assert isinstance(found["a.pdf"].error, Malformed)
    assert "manifest.csv line 2: available_at 'yesterday'" in str(found["a.pdf"].error)
    assert found["b.pdf"].readable
    assert "line 3: '../b.pdf' does not stay inside" in str(found["manifest.csv"].error)


def test_an_untrustworthy_manifest_stops_the_walk(tmp_path: Path) -> None:
    lay(tmp_path, "a.pdf", "manifest.csv", manifest_csv="wrong,columns\n")
    with pytest.raises(Malformed, match="unknown column"):
        walk(tmp_path)


def test_a_manifest_that_is_a_link_stops_the_walk(tmp_path: Path) -> None:
    lay(tmp_path, "real.csv", real_csv="path,kind\nreal.csv,exclude\n")
    (tmp_path / "manifest.csv").symlink_to("real.csv")
    with pytest.raises(Unreadable, match="no plain file"):
        walk(tmp_path)


def test_sidecars_of_files_and_of_call_folders(tmp_path: Path) -> None:
    lay(tmp_path, "n.html", "n.html.meta.json", "c.meta.json", "c/Audio/p_1.mp3", "c/Audio/p_2.mp3",
        n_html_meta_json='{"available_at": "2020-01-02T03:04:05Z", "kind": "news", "url": "https://x.test/n"}',
        c_meta_json='{"issuer": "Acme"}')  # fmt: skip
    found = by_path(walk(tmp_path))
    assert found["n.html"].published_at == datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert found["n.html"].hints == {"url": "https://x.test/n"}
    assert found["c"].issuer == "Acme" and len(found["c"].members) == 2
    assert found["n.html.meta.json"].skipped == "sidecar of n.html"


def test_a_bad_sidecar_fails_its_file_and_a_lone_one_is_told(tmp_path: Path) -> None:
    lay(tmp_path, "n.html", "n.html.meta.json", "lost.pdf.meta.json")
    found = by_path(walk(tmp_path))
    assert "n.html.meta.json is not JSON" in str(found["n.html"].error)
    assert found["lost.pdf.meta.json"].skipped == "sidecar of lost.pdf, which is not here"


def test_links_are_never_entered(tmp_path: Path) -> None:
    outside = lay(tmp_path / "outside", "secret.pdf")
    root = lay(tmp_path / "root", "real.pdf", "sub/x.pdf")
    (root / "out.pdf").symlink_to(outside / "secret.pdf")
    (root / "outdir").symlink_to(outside)
    (root / "loop").symlink_to(root)
    (root / "in.pdf").symlink_to("real.pdf")
    (root / "dangling").symlink_to("nowhere")
    found = by_path(walk(root))
    assert set(found) == {"real.pdf", "sub/x.pdf", "out.pdf", "outdir", "loop", "in.pdf", "dangling"}
    assert all(isinstance(found[p].error, Unreadable) for p in ("out.pdf", "outdir", "dangling"))
    assert all("link within" in (found[p].skipped or "") for p in ("loop", "in.pdf"))


def test_pipes_are_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.pdf")
    assert "not a plain file" in (by_path(walk(tmp_path))["pipe.pdf"].skipped or "")


def test_a_folder_without_read_permission_is_told_and_the_rest_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay(tmp_path, "ok.pdf", "shut/a.pdf")
    scandir = os.scandir

    def refuse(path: Any) -> Any:
        if Path(path).name == "shut":  # real permissions do not stop a superuser who runs this test
            raise PermissionError(errno.EACCES, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    found = by_path(walk(tmp_path))
    assert isinstance(found["shut"].error, Unreadable) and "Permission denied" in str(found["shut"].error)
    assert found["ok.pdf"].readable


@pytest.mark.parametrize("name", ["a..b.pdf", "new\nline.pdf", "-rf", "ünï 猫.pdf", "a" * 250])
def test_odd_names_are_plain_files(tmp_path: Path, name: str) -> None:
    assert by_path(walk(lay(tmp_path, name)))[name].readable


@pytest.mark.parametrize("name", ["..%2F..%2fx.pdf", "..\\x.pdf", "a..%5cx.pdf"])
def test_names_that_pretend_to_be_paths_are_failed(tmp_path: Path, name: str) -> None:
    assert isinstance(by_path(walk(lay(tmp_path, name)))[name].error, Malformed)


def test_a_name_that_is_not_utf8_is_failed_with_a_storable_name(tmp_path: Path) -> None:
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/bad\xff.pdf")).write_text("x")
    (only,) = walk(tmp_path)
    assert only.path == "bad\\xff.pdf" and isinstance(only.error, Malformed)
    only.path.encode()


def test_a_folder_over_the_limit_is_left_whole_and_told(tmp_path: Path) -> None:
    lay(tmp_path, "a/1.pdf", "b/1.pdf", "b/2.pdf", "b/3.pdf")
    found = by_path(walk(tmp_path, WalkLimits(max_files=4)))
    assert found["a/1.pdf"].readable and isinstance(found["b"].error, TooLarge)
    assert isinstance(by_path(walk(tmp_path, WalkLimits(max_files=1)))["."].error, TooLarge)


def test_folders_nested_too_deep_are_told(tmp_path: Path) -> None:
    lay(tmp_path, "a/b/c/d.pdf")
    assert isinstance(by_path(walk(tmp_path, WalkLimits(max_depth=2)))["a/b"].error, TooLarge)


def test_no_folder_no_walk(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="not a folder"):
        walk(tmp_path / "none")


def test_reading_refuses_what_was_swapped_for_a_link(tmp_path: Path) -> None:
    lay(tmp_path, "sub/a.pdf", "secret")
    (member,) = by_path(walk(tmp_path))["sub/a.pdf"].members
    assert read_member(tmp_path, member, 100) == b"sub/a.pdf"
    with pytest.raises(TooLarge):
        read_member(tmp_path, member, 3)
    (tmp_path / "sub/a.pdf").unlink()
    (tmp_path / "sub/a.pdf").symlink_to(tmp_path / "secret")
    with pytest.raises(Unreadable):
        read_member(tmp_path, member, 100)
    (tmp_path / "sub").rename(tmp_path / "moved")
    (tmp_path / "sub").symlink_to("moved")
    with pytest.raises(Unreadable):
        read_member(tmp_path, member, 100)


def test_price_files_hint_their_ticker_but_no_file_hints_a_date(tmp_path: Path) -> None:
    found = by_path(
        walk(lay(tmp_path, "prices/BRK-B.csv", "prices/notes 2020-01-01.csv", "x/AMZN_2015-12-09.json"))
    )
    assert found["prices/BRK-B.csv"].hints == {"ticker": "BRK-B"}
    assert found["prices/notes 2020-01-01.csv"].hints == {}
    assert all(i.published_at is None for i in found.values())


@pytest.mark.data
@pytest.mark.skipif(not SAMPLE.is_dir(), reason="SMALTI_DATA names no folder of real data")
class TestSample:
    def test_all_403_files_once(self) -> None:
        inputs = walk(SAMPLE)
        members = [m.path for i in inputs for m in i.members]
        assert len(members) == len(set(members)) == 403
        skipped = {i.path for i in inputs if i.skipped}
        assert skipped == {
            "manifest.csv",
            "news/ground_truth.json",
            "call_audio/3M Company_20170425/Text.txt",
            "call_audio/Amazon.com Inc._20170202/Text.txt",
        }
        assert [i.path for i in inputs if i.error] == []

    def test_calls_are_heard_in_order(self) -> None:
        found = by_path(walk(SAMPLE))
        mmm, amzn = found["call_audio/3M Company_20170425"], found["call_audio/Amazon.com Inc._20170202"]
        assert (len(mmm.members), len(amzn.members)) == (179, 59)
        heard = [m.path.rpartition("Gangestad_")[2] for m in mmm.members]
        assert heard[:2] == ["1_1.mp3", "1_2.mp3"] and heard[109:112] == ["1_110.mp3", "2_1.mp3", "3_1.mp3"]
        assert heard[-1] == "21_4.mp3" and heard.index("9_6.mp3") < heard.index("10_1.mp3")
        assert mmm.published_at == datetime(2017, 4, 25, 23, 59, 59, tzinfo=UTC)

    def test_the_manifest_gives_issuers_and_leaves_the_undated_undated(self) -> None:
        found = by_path(walk(SAMPLE))
        issuers = {i.issuer for i in found.values() if i.issuer}
        assert issuers == {"3M", "Amazon", "Pfizer", "MGM Resorts", "Best Buy", "Amcor"}
        assert found["filings_pdf/MGMRESORTS_2022Q4_EARNINGS.pdf"].published_at is None
        assert found["prices/MMM.csv"].hints == {"ticker": "MMM"}
        assert found["call_audio/jfk.flac"].kind is SourceKind.CALL
