import os
from collections import Counter
from pathlib import Path

import polars as pl
import pytest

from smalti.ingest.language import base, detect

DATA = Path(os.environ.get("SMALTI_DATA", Path(__file__).parents[3] / "shared/data"))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Net sales rose 5% in the third quarter, the company said on Tuesday", "en"),
        ("Der Umsatz stieg im dritten Quartal um 5 Prozent", "de"),
        ("Le chiffre d'affaires a augmenté au troisième trimestre", "fr"),
        ("El beneficio neto cayó un 12% en el tercer trimestre", "es"),
        ("L'utile netto è sceso del 12% nel terzo trimestre dell'anno", "it"),
        ("O lucro líquido caiu 5% no terceiro trimestre", "pt"),
        ("De nettowinst daalde met 12% in het derde kwartaal", "nl"),
        ("Прибыль компании выросла на 5% в третьем квартале", "ru"),
        ("ارتفعت أرباح الشركة في الربع الثالث", "ar"),
        ("第三季度销售额增长百分之五", "zh"),
        ("第3四半期の売上高は前年比で増加した", "ja"),
        ("3분기 매출이 5% 증가했다", "ko"),
    ],
)
def test_each_language_is_told(text: str, code: str) -> None:
    assert detect(text) == code


@pytest.mark.parametrize(
    "text", ["", "$AAPL up", "3M Co", "12345 67.8%", "https://t.co/abcdefghijklmnopqrstuvwxyz", "🚀" * 50]
)
def test_too_little_to_tell_is_none(text: str) -> None:
    assert detect(text) is None


def test_tags_and_links_do_not_decide() -> None:
    assert (
        detect("$AMZN $NFLX #stocks @trader https://example.org Der Kurs fällt heute sehr deutlich") == "de"
    )


def test_a_declared_language_settles_short_text_only() -> None:
    assert detect("Acme Co raises outlook", "en-us") == "en"
    assert detect("3M Co", "en") == "en"
    long = (
        "The company raised its outlook for the year after sales in Europe grew faster than it had expected."
    )
    assert detect(long, "de") == "en"


def test_the_base_of_a_declared_tag() -> None:
    assert [base(tag) for tag in ("en-US", "DE", "zh_Hans", "english", "", None)] == [
        "en",
        "de",
        "zh",
        None,
        None,
        None,
    ]


@pytest.mark.data
def test_english_business_sentences_are_told_english() -> None:
    path = DATA / "sentiment/phrasebank.parquet"
    if not path.is_file():
        pytest.skip(f"no {path}: set SMALTI_DATA to the folder of real data")
    told = Counter(map(detect, pl.read_parquet(path)["text"][:1000]))
    assert told["en"] >= 965
    assert told[None] <= 25
