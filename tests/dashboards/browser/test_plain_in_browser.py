"""In a real browser: what others wrote is shown to the letter, makes nothing, and loads nothing."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import Browser

from smalti.dashboards.parts.text import flat

pytestmark = pytest.mark.slow

NASTY = (
    "![x](http://evil.example/p.png)",
    "[a](http://evil.example) www.evil.example a@evil.example",
    ":red[hi] :blue-badge[y] :material/home: :smile: :streamlit:",
    "$x^2$ and $$y$$, $1.2bn and $3bn",
    "<b>b</b> <script>alert(1)</script> <http://evil.example> &amp; &#65;",
    "note[^1] [^1]: foot [x]: http://evil.example [[w]] ![][x]",
    "~~s~~ **b** __u__ `code` ``` ```",
    "a -> b <- c <-> d -- e >= f <= g ~= h",
    "# head",
    "1. one",
    "- item",
    "> quote",
    "| a | b |",
    "---",
    "back\\slash \\* \\[x\\](y)",
)
KINDS = (
    "markdown",
    "bold",
    "caption",
    "info",
    "button",
    "link_button",
    "metric",
    "expander",
    "tabs",
    "header",
)
_APP = """
import streamlit as st
from smalti.dashboards.parts.text import bold, plain

st.title("Texts")
for at, text in enumerate({texts!r}):
    told = plain(text)
    made = {{
        "markdown": lambda: st.markdown(told),
        "bold": lambda: st.markdown(f"before {{bold(text)}} after"),
        "caption": lambda: st.caption(told),
        "info": lambda: st.info(told),
        "button": lambda: st.button(told, key=f"b{{at}}"),
        "link_button": lambda: st.link_button(told, f"/x{{at}}"),
        "metric": lambda: st.metric(told, "1"),
        "expander": lambda: st.expander(told),
        "tabs": lambda: st.tabs([told, "other"]),
        "header": lambda: st.header(told, anchor=False),
    }}
    for kind, show in made.items():
        with st.container(key=f"{{kind}}-{{at}}"):
            show()
st.markdown("the end")
"""
_MADE = (
    "img, code, em, del, table, ol, ul, hr, sup, blockquote, .katex, h3, a[href^='http']:not([href*='/x'])"
)
_PATIENCE_S = 60.0


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a page that shows each text in each way."""
    script = tmp_path_factory.mktemp("app") / "texts.py"
    script.write_text(_APP.format(texts=NASTY), encoding="utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    source = str(Path(__file__).parents[3] / "src")
    told = [sys.executable, "-m", "streamlit", "run", str(script), f"--server.port={port}"]
    told += ["--server.address=127.0.0.1", "--server.headless=true", "--server.fileWatcherType=none"]
    told += ["--browser.gatherUsageStats=false"]
    running = subprocess.Popen(told, env={**os.environ, "PYTHONPATH": source}, stdout=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        ends = time.monotonic() + _PATIENCE_S
        while time.monotonic() < ends:
            try:
                httpx2.get(f"{address}/_stcore/health").raise_for_status()
                break
            except httpx2.HTTPError:
                time.sleep(0.2)
        yield address
    finally:
        running.terminate()
        running.wait(10)


def test_nasty_texts_are_shown_to_the_letter_and_load_nothing(chromium: Browser, texts: str) -> None:
    page = chromium.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(texts)
    page.get_by_text("the end").wait_for(timeout=_PATIENCE_S * 1000)
    wrong = []
    for kind in KINDS:
        for at, text in enumerate(NASTY):
            shown = page.locator(f".st-key-{kind}-{at}")
            said = (shown.text_content() or "").replace("\u2060", "")
            if flat(text) not in said or shown.locator(_MADE).count():
                wrong.append((kind, text, said, shown.locator(_MADE).count()))
    page.close()
    assert not wrong
    assert all(url.startswith((texts, "data:", "blob:")) for url in asked)
