"""Evidence of every kind is found, as of a moment, and nothing of later moves what is answered."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from tests.assistant.retrieval.papers import ENCODER, JULY, JUNE, MAY, Library, no_encoder

from smalti.assistant.retrieval import Filters, Question
from smalti.assistant.retrieval.meaning import FOR_SEARCH, Meaning
from smalti.assistant.retrieval.retriever import Retriever
from smalti.assistant.retrieval.text_index import TantivyIndex
from smalti.platform.records import EvidenceKind, SourceKind, content_id
from smalti.service.stages.known import _CURRENT


@pytest.mark.parametrize("kind", list(EvidenceKind))
def test_every_kind_of_evidence_is_found(library, kind):
    library.add("a", "the covenant was breached", kind=kind)
    library.add("b", "nothing of the sort")
    (hit,) = library.ask("covenant breach").hits
    assert (hit.evidence_id, hit.kind, hit.where, hit.title) == ("a 0", kind, "p. 1", "paper a")
    assert [hit.quote[a:b] for a, b in hit.highlights] == ["covenant", "breached"]
    assert hit.available_at == MAY


def test_a_rare_word_counts_more_than_a_common_one(library):
    for i in range(9):
        library.add(f"common {i}", "profit fell")
    library.add("rare", "covenant fell")
    assert library.names("profit covenant")[0] == "rare 0"


def test_what_its_document_and_issuer_are_called_counts_too(library):
    library.name_issuer("i", "Quartz Anvil Corporation", "ZZQA", "0009900001")
    library.add("a", "Its margins fell.", issuer="i")
    library.add("b", "Its margins fell.")
    for asked in ("quartz anvil margins", "ZZQA margins", "9900001 margins"):
        assert library.names(asked)[0] == "a 0"


def test_the_future_is_not_found_and_moves_nothing(library):
    for i in range(5):
        library.add(f"now {i}", f"profit fell in spring {'and margins fell too ' * i}")
    before = library.ask("profit margins spring", as_of=JUNE)
    for i in range(40):
        library.add(f"later {i}", "profit spring", at=JUNE + timedelta(seconds=1 + i))
    after = library.ask("profit margins spring", as_of=JUNE)
    assert after.hits == before.hits
    assert len(library.ask("profit margins spring", as_of=JULY, limit=100).hits) == 45


def test_a_page_counts_in_its_edition_of_then(library):
    library.add("first", "the covenant holds", at=MAY, path="news/page.html")
    library.add("edited", "the covenant is breached", at=JUNE, path="news/page.html")
    assert library.names("covenant", as_of=JUNE - timedelta(seconds=1)) == ["first 0"]
    assert library.names("covenant", as_of=JUNE) == ["edited 0"]


def test_a_newer_parser_s_reading_takes_the_older_one_s_place(library):
    library.add("old", "the covenant holds", artifact="same", version="1")
    library.add("new", "the covenant holds", artifact="same", version="2")
    assert library.names("covenant") == ["new 0"]


def test_the_spans_of_documents_are_those_that_scoring_reads(library):
    for i, path in enumerate(["p", "p", "q", "p", "q"]):
        library.add(f"{i}", f"text {i}", at=MAY + timedelta(days=(7 * i) % 31), path=f"{path}.html")
    library.add("reread", "text", artifact="2", at=MAY + timedelta(days=25), version="2")
    for day in range(0, 40, 3):
        moment = MAY + timedelta(days=day)
        params = {"known_by": moment, "recorded_by": JULY.replace(year=2100), "without": []}
        current = set(library.store.read(f"SELECT document_id FROM ({_CURRENT})", params)["document_id"])
        found = library.ask("text", as_of=moment)
        assert {hit.document_id for hit in found.hits} == current


def test_a_copy_does_not_crowd_but_speaks_for_whom_the_original_does_not(library):
    library.add("original", "the covenant was breached", issuer="one")
    library.add("copy", "the covenant was breached", issuer="other", at=JUNE, copy_of="original")
    assert library.names("covenant") == ["original 0"]
    assert library.names("covenant", issuers=["other"]) == ["copy 0"]
    assert library.names("covenant", issuers=["one"]) == ["original 0"]


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        (Filters(sources=[SourceKind.CALL]), {"call 0"}),
        (Filters(kinds=[EvidenceKind.TABLE]), {"table 0"}),
        (Filters(languages=["de"]), {"german 0"}),
        (Filters(since=JUNE), {"june 0"}),
        (Filters(until=JUNE - timedelta(seconds=1)), {"call 0", "table 0", "german 0"}),
    ],
)
def test_filters_narrow_words_and_meaning(library, filters, names):
    library.add("call", "covenant", source="call")
    library.add("table", "covenant", kind="table")
    library.add("german", "covenant", language="de")
    library.add("june", "covenant", at=JUNE)
    assert set(library.names("covenant", filters=filters)) == names
    library.embed("covenant", [1.0])
    found = library.ask("covenant", filters=filters, vector=[1.0])
    assert {hit.evidence_id for hit in found.hits if hit.cosine_rank} == names


def test_what_is_told_narrows_by_its_own_time(library):
    fact, table = (
        {"period_end": "2018-12-31"},
        {"periods": [None, {"end": "2018-12-29"}, {"end": "2017-12-30"}]},
    )
    library.add("fact", "covenant", kind="fact", payload=fact)
    library.add("table", "covenant", kind="table", payload=table)
    library.add("told in may", "covenant")
    library.embed("covenant", [1.0])

    def told(first, last):
        return set(library.names("covenant", filters=Filters(told_from=first, told_to=last)))

    assert told(date(2018, 12, 1), date(2018, 12, 31)) == {"fact 0", "table 0"}
    assert told(None, date(2017, 12, 31)) == {"table 0"}
    assert told(date(2025, 1, 1), None) == {"told in may 0"}
    by_meaning = library.ask("covenant", filters=Filters(told_from=date(2025, 1, 1)), vector=[1.0])
    assert {hit.evidence_id for hit in by_meaning.hits if hit.cosine_rank} == {"told in may 0"}
    assert not library.ask("covenant", filters=Filters(told_to=date(2016, 1, 1)), vector=[1.0]).hits


def test_words_and_meaning_are_fused_by_rank(library):
    library.add("both", "the covenant was breached")
    library.add("meaning", "lenders may now call the loan")
    library.add("words", "a covenant of friends, a covenant of old")
    library.embed("the covenant was breached", [0.9, 0.435])
    library.embed("lenders may now call the loan", [1.0])
    found = library.ask("covenant breached", vector=[1.0])
    by_name = {hit.evidence_id: hit for hit in found.hits}
    assert found.semantic
    assert found.hits[0].evidence_id == "both 0"
    assert by_name["both 0"].fused == pytest.approx(1 / 61 + 1 / 62)
    assert by_name["meaning 0"].cosine == pytest.approx(1.0, abs=0.01)
    assert (by_name["meaning 0"].bm25, by_name["meaning 0"].cosine_rank) == (None, 1)
    assert (by_name["words 0"].cosine, by_name["words 0"].bm25_rank) == (None, 2)


def test_what_has_no_vector_is_not_put_behind_what_has_one(library):
    library.add("filing", "the covenant was breached in spring", source="filing")
    library.add("post", "covenant, a word I like")
    library.embed("covenant, a word I like", [1.0])
    found = library.ask("covenant breached", vector=[1.0])
    assert [hit.evidence_id for hit in found.hits] == ["filing 0", "post 0"]
    assert any("no vector" in note for note in found.notes)


def test_vectors_made_for_search_alone_count_and_others_do_not(library):
    library.add("filing", "lenders may call the loan", source="filing")
    library.add("alien", "another encoder's")
    library.embed("lenders may call the loan", [1.0], FOR_SEARCH + ENCODER)
    library.embed("another encoder's", [1.0], "else")
    assert library.names("covenant", vector=[1.0]) == ["filing 0"]


def test_meaning_reads_no_future_either(library):
    library.add("later", "lenders may call the loan", at=JULY)
    library.embed("lenders may call the loan", [1.0])
    assert library.names("covenant", as_of=JUNE, vector=[1.0]) == []


def test_an_answer_says_what_it_lacks(library, store, folder):
    library.add("a", "profit")
    assert any("no evidence has a vector" in note for note in library.ask("profit").notes)
    for i in range(3):
        library.add(f"v{i}", f"text {i}")
        library.embed(f"text {i}", [1.0])
    found = library.ask("profit")
    assert not found.semantic
    assert any("no text encoder" in note for note in found.notes)
    small = Library(store, Retriever(TantivyIndex(folder), Meaning(ENCODER, 2)))
    assert any("1 vectors" in note for note in small.ask("profit", vector=[1.0]).notes)
    assert any("no evidence of then" in note for note in library.ask("xylophone").notes)


def test_an_index_not_yet_made_says_so(library):
    library.add("a", "profit")
    retriever = library.retriever
    assert not retriever.ready
    library.ask("profit")
    assert retriever.ready


def test_what_is_erased_is_not_found_again(library, folder):
    document = library.add("a", "the covenant was breached")
    library.add("b", "the covenant holds")
    assert len(library.names("covenant")) == 2
    library.retriever.remove([document])
    found = library.retriever.search(library.store, Question("covenant", JULY), no_encoder)
    assert [hit.evidence_id for hit in found.hits] == ["b 0"]


def test_only_what_changed_is_taken_in_again(library):
    for i in range(4):
        library.add(f"{i}", "profit", path=f"{i}.html")
    assert library.retriever.refresh(library.store).taken == 4
    assert library.retriever.refresh(library.store).taken == 0
    library.add("edited", "profit", at=JUNE, path="2.html")
    assert library.retriever.refresh(library.store).taken == 2  # the new one, and the one whose span it ends


def test_a_kill_between_two_portions_is_mended(library, store, folder):
    for i in range(4):
        library.add(f"{i}", "profit")
    library.retriever.refresh(store)
    TantivyIndex(folder).remove([content_id("document", "2")])  # as if it had never been committed
    again = Library(store, Retriever(TantivyIndex(folder), Meaning(ENCODER, 10)))
    assert again.retriever.refresh(store).taken == 1
    assert len(again.names("profit")) == 4


@pytest.mark.parametrize("harm", ["empty", "garbage", "gone", "other version"])
def test_a_damaged_folder_is_made_anew(library, store, folder, harm):
    for i in range(3):
        library.add(f"{i}", "profit")
    library.retriever.refresh(store)
    for path in list(folder.iterdir()):
        if harm == "gone":
            path.unlink()
        elif harm == "other version" and path.name == "made_by.json":
            path.write_text('"something else"')
        elif harm in {"empty", "garbage"} and path.suffix in {".store", ".term", ".json", ".fast", ".idx"}:
            path.write_bytes(b"" if harm == "empty" else b"\xff" * 300)
    again = Library(store, Retriever(TantivyIndex(folder), Meaning(ENCODER, 10)))
    assert len(again.names("profit")) == 3


def test_an_index_can_be_rebuilt_at_any_time(library):
    library.add("a", "profit")
    before = library.ask("profit")
    assert library.retriever.rebuild(library.store).taken == 1
    assert library.ask("profit") == before
