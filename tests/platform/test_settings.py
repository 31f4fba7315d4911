"""Settings come from one place each, strongest first, and a wrong one is named."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from smalti.platform.errors import SettingsError
from smalti.platform.settings import Settings, load_settings

DOCS = Path(__file__).parents[2] / "docs" / "settings.md"


@pytest.fixture(autouse=True)
def nowhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in [n for n in os.environ if n.startswith("SMALTI_")]:
        monkeypatch.delenv(name)


def test_the_command_line_beats_the_environment_beats_the_file(monkeypatch):
    Path("smalti.toml").write_text('workers = 3\nthreads = 3\nhome = "from-file"\n')
    monkeypatch.setenv("SMALTI_THREADS", "4")
    monkeypatch.setenv("SMALTI_WORKERS", "4")
    settings = load_settings(workers=5)
    assert (settings.workers, settings.threads, settings.home) == (5, 4, Path("from-file"))


def test_an_unknown_name_in_the_file_is_an_error():
    Path("smalti.toml").write_text("wrokers = 3\n")
    with pytest.raises(SettingsError, match="wrokers"):
        load_settings()


def test_a_value_out_of_range_is_an_error_that_names_the_setting(monkeypatch):
    monkeypatch.setenv("SMALTI_WORKERS", "0")
    with pytest.raises(SettingsError, match=r"workers: .*greater"):
        load_settings()


def test_the_docs_name_every_setting():
    text = DOCS.read_text(encoding="utf-8")
    missing = [name for name in Settings.model_fields if f"`{name}`" not in text]
    assert not missing
