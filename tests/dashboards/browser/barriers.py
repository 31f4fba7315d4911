"""What axe finds on a page, less what we cannot mend."""

from __future__ import annotations

import re
from dataclasses import dataclass

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

AXE = Axe()
_LET_BE: tuple[tuple[str, str, str], ...] = ()
"""Rule, what the element's HTML or selector matches, and why it is Streamlit's alone to mend."""


@dataclass(frozen=True)
class Barrier:
    """One element that shuts people out."""

    rule: str
    impact: str
    element: str
    html: str
    why: str

    def __str__(self) -> str:
        return f"{self.rule} ({self.impact}) {self.element}\n    {self.html[:200]}\n    {self.why[:300]}"


def barriers(page: Page) -> list[Barrier]:
    """The serious and critical findings that are ours to mend."""
    found = AXE.run(page).response["violations"]
    told = [
        Barrier(
            rule["id"],
            rule["impact"],
            " ".join(str(one) for one in node["target"]),
            node["html"],
            (node.get("failureSummary") or "").replace("\n", " "),
        )
        for rule in found
        if rule["impact"] in {"serious", "critical"}
        for node in rule["nodes"]
    ]
    return [one for one in told if not _let_be(one)]


def _let_be(one: Barrier) -> bool:
    return any(one.rule == rule and re.search(what, f"{one.element} {one.html}") for rule, what, _ in _LET_BE)
