"""The demo world: eight fictional companies and all they published. All of it is synthetic."""

from pathlib import Path

FILES = Path(__file__).parent / "files"
"""What `smalti demo` takes in. `truth.json` beside it says what was planted, and is never ingested."""

AS_OF = "2026-05-15"
"""The day it is scored as of: calls, filings, news and the burst of posts are all fresh then."""

HISTORY = (
    ("2026-01-16", "2026-04-10", 14),
    ("2026-04-17", "2026-05-08", 7),
    ("2026-05-11", "2026-05-14", 1),
)
"""As of which days it is scored before: first, last, days between. What is shown as changed needs a past."""
