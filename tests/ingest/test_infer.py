"""What inference adds to a parsed input, and what is said where a model is missing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from smalti.ingest import hearing, infer, seeing
from smalti.ingest.parse.contract import Parsed, ParsedDocument, Piece, Request
from smalti.platform.errors import ParserFailed, WeightsError
from smalti.platform.records import EvidenceKind, Locator, SourceKind
from smalti.platform.settings import Settings

IMAGE = ParsedDocument(
    "", SourceKind.SOCIAL, "a.png", [Piece(EvidenceKind.IMAGE, Locator(), "", {"width": 4, "format": "JPEG"})]
)
CALL = ParsedDocument("", SourceKind.CALL, "Q4", [], partial="1 of 9 pieces cannot be read")
SENTENCE = Piece(EvidenceKind.AUDIO, Locator(seconds=(0.0, 1.5)), "Revenue rose.", {"language": "en"})


class Answers:
    """Workers that note what they are asked and give a set answer."""

    size = 1

    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def call(self, function: str, *, timeout: float | None = None, need: Any = None, **arguments: Any) -> Any:
        self.asked.append((function, arguments))
        return self.answer

    def close(self) -> None:
        pass


@pytest.fixture(autouse=True)
def _forget():
    hearing._model.cache_clear()
    seeing._model.cache_clear()
    yield
    hearing._model.cache_clear()
    seeing._model.cache_clear()


def without_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: object) -> None:
        raise WeightsError("not installed")

    monkeypatch.setattr(hearing.weights, "resolve", missing)


def test_an_input_without_arrays_needs_no_worker():
    workers = Answers(None)
    parsed = Parsed([CALL])
    assert infer.pieces(workers, Settings(), parsed, {}, Request("a.pdf")) is parsed
    assert workers.asked == []


def test_the_words_in_a_picture_become_the_text_of_the_picture():
    lines = [
        {"text": "SALES UP", "box": [0, 0, 2, 1], "score": 0.9},
        {"text": "12%", "box": [0, 1, 2, 2], "score": 0.8},
    ]
    parsed = Parsed([IMAGE], arrays={"rgb": Path("rgb.npy")})
    looks = {"picture_kind": {"kind": "other", "score": 0.7}, "forensics": {"repeats": []}}
    workers = Answers({"lines": lines, "charts": [], **looks})
    (document,) = infer.pieces(workers, Settings(ocr=True), parsed, {}, Request("a.png")).documents
    (piece,) = document.pieces
    assert piece.text == "SALES UP\n12%"
    assert piece.payload == {"width": 4, "format": "JPEG", "ocr": lines, **looks}
    assert document.partial is None
    asked = {"rgb_path": Path("rgb.npy"), "lossy": True, "width": 4}
    assert workers.asked == [("smalti.ingest.seeing:read_picture", asked)]


def test_a_chart_in_a_picture_is_a_piece_of_its_own():
    chart = {"payload": {"chart": "bar", "series": []}, "text": "Sales\n2014 5", "box": [1, 2, 3, 4]}
    parsed = Parsed([IMAGE], arrays={"rgb": Path("rgb.npy")})
    workers = Answers({"lines": [], "charts": [chart], "picture_kind": {}, "forensics": {}})
    (document,) = infer.pieces(workers, Settings(ocr=True), parsed, {}, Request("a.png")).documents
    picture, drawn = document.pieces
    assert picture.kind is EvidenceKind.IMAGE
    assert drawn == Piece(EvidenceKind.CHART, Locator(box=(1, 2, 3, 4)), chart["text"], chart["payload"])


FIGURES = ParsedDocument(
    "",
    SourceKind.FILING,
    "a.pdf",
    [
        Piece(EvidenceKind.IMAGE, Locator(page=2), "", {"width": 4, "figure": 0, "lines": []}, b"png"),
        Piece(EvidenceKind.IMAGE, Locator(page=3), "", {"width": 4, "figure": 1}, b"png"),
        Piece(EvidenceKind.IMAGE, Locator(page=4), "small", {"width": 4}, b"png"),
    ],
)


def test_a_figure_of_a_pdf_that_is_a_chart_becomes_one():
    chart = {"payload": {"chart": "pie", "series": []}, "text": "Mix\nA 40%", "box": [0, 0, 4, 4]}
    lines = [{"text": "photo of a plant", "box": [0, 0, 2, 1], "score": 0.9}]
    workers = Answers([{"lines": [], "charts": [chart]}, {"lines": lines, "charts": []}])
    arrays = {"figure_0": Path("figure_0.npy"), "figure_1": Path("figure_1.npy")}
    parsed = Parsed([FIGURES], arrays=arrays)
    (document,) = infer.pieces(workers, Settings(ocr=True), parsed, {}, Request("a.pdf")).documents
    drawn, photo, unread = document.pieces
    assert (drawn.kind, drawn.text, drawn.media) == (EvidenceKind.CHART, "Mix\nA 40%", b"png")
    assert drawn.payload["chart"] == "pie" and drawn.locator == Locator(page=2)
    assert (photo.kind, photo.text) == (EvidenceKind.IMAGE, "photo of a plant")
    assert unread == FIGURES.pieces[2]
    assert workers.asked[0][1]["figures"] == [(arrays["figure_0"], []), (arrays["figure_1"], [])]


def test_figures_that_are_not_read_make_a_document_partial():
    parsed = Parsed([FIGURES], arrays={"figure_0": Path("figure_0.npy")})
    (document,) = infer.pieces(Answers([]), Settings(ocr=False), parsed, {}, Request("a.pdf")).documents
    assert "charts in its figures not read" in document.partial
    assert all("lines" not in p.payload for p in document.pieces)


def test_a_picture_whose_text_is_not_read_says_so():
    parsed = Parsed([IMAGE], arrays={"rgb": Path("rgb.npy")})
    workers = Answers([])
    (document,) = infer.pieces(workers, Settings(ocr=False), parsed, {}, Request("a.png")).documents
    assert "OCR is off" in document.partial
    assert workers.asked == []


def test_what_is_heard_becomes_pieces_of_the_call_and_gives_its_language(tmp_path):
    pcm = tmp_path / "pcm.npy"
    np.save(pcm, np.zeros(16_000, np.float32))
    parsed = Parsed([CALL], arrays={"pcm": pcm})
    workers = Answers(hearing.HeardCall([SENTENCE]))
    request = Request("call", hints={"issuer": "3M"})
    result = {"pieces": [["a_1.mp3", 0.0, 4.0], ["a_2.mp3", 4.3, 9.0]]}
    (document,) = infer.pieces(workers, Settings(), parsed, result, request).documents
    assert document.pieces == [SENTENCE]
    assert document.language == "en"
    assert document.partial == "1 of 9 pieces cannot be read"
    ((function, arguments),) = workers.asked
    assert function == "smalti.ingest.hearing:hear_call"
    assert arguments["spans"] == result["pieces"]
    assert arguments["hints"] == {"issuer": "3M"}


def test_a_model_that_breaks_on_an_input_fails_that_input_alone():
    class Breaks(Answers):
        def call(
            self, function: str, *, timeout: float | None = None, need: Any = None, **arguments: Any
        ) -> Any:
            raise ValueError("bad shape")

    parsed = Parsed([IMAGE], arrays={"rgb": Path("rgb.npy")})
    with pytest.raises(ParserFailed, match="ValueError: bad shape"):
        infer.pieces(Breaks(None), Settings(ocr=True), parsed, {}, Request("a.png"))


def test_a_call_that_cannot_be_heard_keeps_every_reason(monkeypatch):
    without_weights(monkeypatch)
    parsed = Parsed([CALL], arrays={"pcm": Path("pcm.npy")})
    workers = Answers(hearing.HeardCall([SENTENCE]))
    (document,) = infer.pieces(workers, Settings(), parsed, {}, Request("call")).documents
    assert document.partial.startswith("1 of 9 pieces cannot be read; not heard")
    assert "smalti[speech]" in document.partial
    assert workers.asked == []


def test_the_version_of_a_document_names_the_model_that_read_it(monkeypatch):
    assert infer.version(Settings(), "text", "4") == "4"
    assert infer.version(Settings(ocr=True), "pdf", "4") == infer.version(Settings(ocr=True), "image", "4")
    heard = infer.version(Settings(), "audio", "4")
    assert heard.startswith("4+faster-whisper-")
    assert infer.version(Settings(ocr=True), "image", "2").startswith("2+rapidocr-")
    assert infer.version(Settings(ocr=False), "image", "2") == "2+none"
    hearing._model.cache_clear()
    without_weights(monkeypatch)
    assert infer.version(Settings(), "audio", "4") == "4+none"


def test_text_is_read_in_a_real_picture(tmp_path):
    pytest.importorskip("rapidocr")
    from PIL import Image, ImageDraw

    picture = Image.new("RGB", (360, 80), "white")
    ImageDraw.Draw(picture).text((10, 15), "REVENUE 412", fill="black", font_size=48)
    np.save(tmp_path / "rgb.npy", np.asarray(picture))
    seen = seeing.read_picture(tmp_path / "rgb.npy", lossy=False, width=360)
    (line,) = seen["lines"]
    assert seen["charts"] == []
    assert line["text"].replace(" ", "") == "REVENUE412"
    assert 0.5 < line["score"] <= 1
    left, top, right, bottom = line["box"]
    assert 0 <= left < right <= 360
    assert 0 <= top < bottom <= 80
