"""What parsers leave in the spool comes back the same, and what is no parser's output is refused."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pytest

from smalti.ingest import spool
from smalti.ingest.parse.contract import Parsed, ParsedDocument, Piece, PriceRow, Record
from smalti.platform.errors import Malformed
from smalti.platform.records import DateMethod, EvidenceKind, Locator, Outcome, SourceKind

WHOLE = Parsed(
    documents=[
        ParsedDocument(
            "line 1",
            SourceKind.SOCIAL,
            "Überschrift 株",
            [
                Piece(EvidenceKind.PARAGRAPH, Locator(chars=(0, 5), record="line 1"), "words"),
                Piece(EvidenceKind.IMAGE, Locator(box=(0.5, 1, 2, 3)), "", {"width": 2}, b"\x89PNG\x00"),
            ],
            published_at=datetime(2017, 4, 26, 12, 30, 1, 5, UTC),
            date_method=DateMethod.HEADER,
            language="de",
            author="account 7",
            url="https://example.test/1",
            partial="cut at 2 pages",
            hints={"ticker": "MMM"},
        ),
        ParsedDocument("line 2", SourceKind.PRICE, "", []),
    ],
    records=[Record("line 3", Outcome.QUARANTINED, "Malformed", "not JSON", "mend the line")],
    prices=[PriceRow("MMM", "2017-04-25", 194.5, 180.25, None)],
    arrays={"pcm": np.array([0.5, -0.25], np.float32)},
)


def test_what_was_written_is_read_back_whole(tmp_path):
    spool.write(WHOLE, tmp_path)
    found = spool.read(tmp_path)
    assert list(found.documents) == list(WHOLE.documents)
    assert list(found.records) == list(WHOLE.records)
    assert list(found.prices) == list(WHOLE.prices)
    assert found.arrays.keys() == {"pcm"}
    np.testing.assert_array_equal(np.load(found.arrays["pcm"]), [0.5, -0.25])


def test_a_lone_surrogate_does_not_stop_the_rest(tmp_path):
    document = ParsedDocument(
        "", SourceKind.FILING, "a\ud800b", [Piece(EvidenceKind.PARAGRAPH, Locator(), "\udfff!")]
    )
    spool.write(Parsed([document]), tmp_path)
    (found,) = spool.read(tmp_path).documents
    assert (found.title, found.pieces[0].text) == ("a?b", "?!")


def _as_link(folder):
    (folder / "pieces.arrow").rename(folder / "elsewhere")
    (folder / "pieces.arrow").symlink_to(folder / "elsewhere")


def _truncated(folder):
    raw = (folder / "documents.arrow").read_bytes()
    (folder / "documents.arrow").write_bytes(raw[: len(raw) // 2])


def _other_kind(folder):
    path = folder / "records.arrow"
    table = pa.ipc.open_file(path.read_bytes()).read_all()
    at = table.schema.get_field_index("outcome")
    table = table.set_column(at, table.schema.field("outcome"), pa.array(["forgiven"]))
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)


def _piece_of_nothing(folder):
    path = folder / "pieces.arrow"
    table = pa.ipc.open_file(path.read_bytes()).read_all()
    table = table.set_column(0, table.schema.field(0), pa.array([7, 7], pa.int64()))
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda folder: (folder / "prices.arrow").unlink(),
        lambda folder: (folder / "prices.arrow").write_bytes(b"junk"),
        _as_link,
        _truncated,
        _other_kind,
        _piece_of_nothing,
    ],
    ids=["missing", "junk", "link", "truncated", "unknown outcome", "piece of no document"],
)
def test_a_folder_no_parser_wrote_is_refused(tmp_path, spoil):
    spool.write(WHOLE, tmp_path)
    spoil(tmp_path)
    with pytest.raises(Malformed, match="unreadable output"):
        spool.read(tmp_path)


def test_a_link_among_the_arrays_is_left_alone(tmp_path):
    spool.write(WHOLE, tmp_path)
    (tmp_path / "secret.npy").symlink_to("/etc/hostname")
    assert spool.read(tmp_path).arrays.keys() == {"pcm"}
