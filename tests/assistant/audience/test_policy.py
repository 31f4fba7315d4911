"""A policy is whole before it counts."""

from pathlib import Path

import pytest

from smalti.assistant.audience.policy import policies
from smalti.assistant.records import Audience
from smalti.platform.errors import SettingsError

OWN = Path("src/smalti/assistant/audience/policy.toml")


def test_the_policy_that_comes_along_is_whole() -> None:
    found = policies()
    assert found[Audience.ANALYST].everything
    customer = found[Audience.CUSTOMER]
    assert not customer.everything
    assert [customer.scale["risk"].told(value) for value in (0.0, 0.2, 0.34, 0.35, 2.0)] == [
        "low", "moderate", "moderate", "elevated", "high",
    ]  # fmt: skip
    assert customer.scale["sentiment"].told(-2.0) == "negative"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('documents = "published"', 'documents = "some"', "customer.documents"),
        (
            'signals = ["risk", "fraud", "sentiment"]',
            'signals = ["risk", "volatility"]',
            "volatility has no scale",
        ),
        ('signals = ["risk", "fraud", "sentiment"]', 'signals = ["*"]', "no scale"),
        ('scores = "words"', 'scores = "numbers"', "scores in words"),
        ('sources = ["filing"]', 'sources = ["rumour"]', "customer.sources"),
        ('harm = "', 'harms = "', "missing for harm"),
        ("{ from = 0.35, say", "{ from = 0.05, say", "must rise"),
        ("redact = true", "redacted = true", "redact"),
        ("[customer]", "[customer", "no TOML"),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(tmp_path: Path, old: str, new: str, told: str) -> None:
    text = OWN.read_text()
    assert old in text
    path = tmp_path / "policy.toml"
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(SettingsError) as refused:
        policies(path)
    assert told in str(refused.value)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        policies(tmp_path / "none.toml")
