"""Reports say what is known by two clocks, honestly where that is nothing, and are the same bytes again."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pypdfium2
import pytest
from tests.service.newsroom import ISSUER, moment, newsroom, publish

from smalti.platform.errors import NotFound, SettingsError
from smalti.platform.store import Batch
from smalti.service.engine import Engine
from smalti.service.reports import making, stored
from smalti.service.reports.content import Report, from_json, to_json
from smalti.service.reports.reading import Clocks
from smalti.service.reports.rendering import Rendered, render
from smalti.service.reports.views import ReportView, SubjectKind
from smalti.service.stages.score import score_all

FEBRUARY = moment("2025-02-12")
HOSTILE = (
    '#read("/etc/passwd") #import "@preview/evil:1.0.0" [unbalanced ]] *bold* $x^2 {{ 7*7 }}'
    " <script>alert(1)</script>"
    " <img src=x onerror=alert(1)> \u202egnp.exe\u202c \U0001f680\U0001f680 中文 \\u{202e} "
)


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Engine]:
    with newsroom(tmp_path) as engine:
        publish(engine, "old", "2025-01-20")
        publish(engine, "new", "2025-02-10", text="Orders fell by a third, the company said.")
        yield engine


@pytest.fixture(scope="module")
def scored(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """The same with one scoring and one hostile document, to be read only."""
    with newsroom(tmp_path_factory.mktemp("reports")) as engine:
        publish(engine, "old", "2025-01-20", hints={"synthetic": "demo"})
        publish(engine, "#read(1) <b>evil</b>", "2025-02-11", text=HOSTILE + "x" * 10_000)
        score_all(engine, ISSUER, FEBRUARY)
        yield engine


@pytest.fixture(scope="module")
def report(scored: Engine) -> Report:
    return composed(scored)


@pytest.fixture(scope="module")
def both(report: Report) -> Rendered:
    return render(to_json(report), {})


def composed(engine: Engine, as_of: datetime = FEBRUARY, days: int = 7) -> Report:
    clocks = Clocks(as_of - timedelta(days=days), as_of, engine.store.now())
    return making.compose(engine, making.issuer(ISSUER), clocks)


def made(engine: Engine) -> ReportView:
    return making.make(engine, making.issuer(ISSUER), FEBRUARY)


def read(pdf: bytes) -> list[str]:
    """The text of each page."""
    document = pypdfium2.PdfDocument(pdf)
    return [page.get_textpage().get_text_range() for page in document]


def section(report: Report, key: str) -> str:
    """All that one section says."""
    found = next(one for one in report.sections if one.key == key)
    return str(found.blocks)


def test_an_issuer_that_was_never_scored_gets_an_honest_report(here: Engine) -> None:
    report = composed(here)
    assert report.headline == "No score of Anvil Corporation is stored by 12 February 2025."
    assert "it was never scored" in section(report, "changes")
    assert "new.html" in section(report, "changes")
    assert "old.html" not in section(report, "changes")  # out before the period
    assert "No check could judge anything." in section(report, "risks")
    pages = read(render(to_json(report), {}).pdf)
    assert "No score of Anvil Corporation" in pages[0]


def test_withheld_scores_are_told_with_their_reason(report: Report) -> None:
    assert "risk cannot be scored" in report.headline.lower()
    told = section(report, "missing")
    assert "Risk at 3, 7, 15 and 30 days" in told
    assert "Nothing of what risk is scored from: prices, call words, call voice" in told
    assert "None known of: filings, posts, calls and prices." in told


@pytest.mark.slow
def test_nothing_later_than_either_clock_is_read(here: Engine) -> None:
    score_all(here, ISSUER, FEBRUARY)
    then = here.store.now()
    before = to_json(
        making.compose(here, making.issuer(ISSUER), Clocks(moment("2025-02-01"), FEBRUARY, then))
    )
    publish(here, "future", "2025-02-20")  # public later
    publish(here, "late", "2025-02-11", recorded="2999-01-01")  # stored later
    score_all(here, ISSUER, moment("2025-02-21"))
    after = to_json(making.compose(here, making.issuer(ISSUER), Clocks(moment("2025-02-01"), FEBRUARY, then)))
    assert after == before
    assert "late" not in after


@pytest.mark.slow
def test_a_change_is_told_with_its_parts(here: Engine) -> None:
    score_all(here, ISSUER, moment("2025-02-05"))
    score_all(here, ISSUER, FEBRUARY)
    told = section(composed(here), "changes")
    assert "Scores as of 12 February 2025, 12:00 UTC, against 5 February 2025, 12:00 UTC" in told
    assert "new evidence" in told


@pytest.mark.slow
def test_a_stored_report_is_made_again_to_the_byte(here: Engine) -> None:
    score_all(here, ISSUER, FEBRUARY)
    report = made(here)
    publish(here, "later", "2025-02-11", recorded="2999-01-01")
    found = making.reproduce(here, report.report_id[:10])
    assert (found.verdict, found.differences) == ("identical", [])


@pytest.mark.slow
def test_what_differs_is_named(here: Engine) -> None:
    score_all(here, ISSUER, FEBRUARY)
    report = made(here)
    batch = Batch()
    row = stored.row(here.store, report.report_id) | {"report_id": "another"}
    content = here.objects.get(row["content_id"]).decode().replace("was never", "was once")
    changed = content.replace("What is missing, too old or withheld", "What is lacking")
    row |= {"content_id": here.objects.put(changed.encode())}
    batch.add("reports", {k: v for k, v in row.items() if k != "recorded_at"})
    here.store.commit(batch)
    found = making.reproduce(here, "another")
    assert found.verdict == "differs"
    assert found.differences == ["section “What is missing, too old or withheld”"]


def test_both_forms_say_the_same_and_the_pdf_knows_no_clock_of_its_own(
    report: Report, both: Rendered
) -> None:
    assert report.headline in both.html.decode()
    assert report.headline in " ".join(" ".join(read(both.pdf)).split())
    assert re.findall(rb"CreationDate\(D:(\d{8})", both.pdf) == [b"20250212"]
    assert to_json(from_json(to_json(report))) == to_json(report)


def test_html_runs_nothing_and_asks_nobody(both: Rendered) -> None:
    html = both.html.decode()
    assert "<script" not in html
    assert "default-src 'none'" in html
    outside = re.findall(r"(?:src|href)=\"([^\"]{0,12})", html)
    assert outside
    assert all(one.startswith(("data:image/", "#")) for one in outside)
    assert not re.search(r"url\(|@import|http-equiv=\"refresh", html)
    assert all('alt="' in image for image in re.findall(r"<img\b[^>]*>", html))
    assert all("scope=" in head for head in re.findall(r"<th\b[^>]*>", html))


def test_what_documents_say_is_never_markup(both: Rendered) -> None:
    html, pdf = both.html.decode(), " ".join(read(both.pdf)).replace("\u200b", "")
    assert '#read("/etc/passwd")' in pdf
    assert "root:" not in pdf + html
    assert "{{ 7*7 }}" in html
    assert "&lt;script&gt;alert(1)" in html
    assert "<b>evil" not in html
    for hidden in ("\u202e", "\u202c"):
        assert hidden not in html + pdf


def test_a_made_up_company_is_called_so_on_every_page(both: Rendered) -> None:
    pages = read(both.pdf)
    assert len(pages) > 2
    assert all("SYNTHETIC" in page for page in pages)
    assert "SYNTHETIC: this report is of a made-up company" in both.html.decode()


def test_a_period_that_ends_before_it_begins_is_refused(here: Engine) -> None:
    with pytest.raises(SettingsError, match="must end after it begins"):
        making.make(here, making.issuer(ISSUER), FEBRUARY, FEBRUARY)


def test_an_unknown_issuer_has_no_report(here: Engine) -> None:
    with pytest.raises(NotFound):
        making.make(here, making.issuer("nobody"))


def test_a_period_begins_where_the_last_report_ended(here: Engine) -> None:
    first = making.make(here, making.issuer(ISSUER), moment("2025-02-01"))
    assert first.as_of - first.since == timedelta(days=7)
    assert made(here).since == first.as_of


def test_a_watchlist_is_told_with_all_its_issuers(scored: Engine) -> None:
    clocks = Clocks(FEBRUARY - timedelta(days=7), FEBRUARY, scored.store.now())
    subject = making.Subject(SubjectKind.WATCHLIST, "w1", "Industrials", (ISSUER, "gone"))
    report = making.compose(scored, subject, clocks)
    assert report.title == "Risk report: Industrials"
    assert "Anvil Corporation" in str(report.summary)
    assert "1 issuer of the list can no longer be found." in str(report.summary)
    assert "Anvil Corporation" in read(render(to_json(report), {}).pdf)[0]


@pytest.mark.slow
def test_two_processes_set_the_same_bytes(report: Report, tmp_path: Path) -> None:
    content = to_json(report)
    (tmp_path / "content.json").write_text(content, encoding="utf-8")
    code = (
        "import sys, hashlib; from pathlib import Path;"
        "from smalti.service.reports.rendering import render;"
        "made = render(Path(sys.argv[1]).read_text(encoding='utf-8'), {});"
        "print(hashlib.sha256(made.pdf + made.html).hexdigest())"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "content.json")]
    told = {subprocess.run(command, capture_output=True, text=True, check=True).stdout for _ in range(2)}
    assert len(told) == 1
