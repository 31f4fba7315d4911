"""The operations of the API, read off the application; and as the table in docs/api.md.

`python -m tests.service.api.api_table` writes the table anew.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from smalti.platform.settings import Settings
from smalti.service.api import create_app
from smalti.service.engine import open_engine
from smalti.service.local import LocalGateway
from smalti.service.service import Service

DOCS = Path(__file__).parents[3] / "docs" / "api.md"
BEGIN, END = "<!-- operations -->", "<!-- end -->"


def table(document: dict[str, Any]) -> str:
    """The operations of an OpenAPI document, by tag and path."""
    lines = ["| | | operation |", "|---|---|---|"]
    rows = [
        (one["tags"][0], path, method.upper(), one["summary"], one["operationId"])
        for path, methods in document["paths"].items()
        for method, one in methods.items()
    ]
    lines += [
        f"| `{method} {path}` | {summary} | `{name}` |" for _, path, method, summary, name in sorted(rows)
    ]
    return "\n".join(lines)


def written() -> str:
    """The table as it stands in docs/api.md."""
    return DOCS.read_text(encoding="utf-8").split(BEGIN)[1].split(END)[0].strip()


def main() -> None:
    """Write the table anew."""
    with (
        tempfile.TemporaryDirectory() as home,
        open_engine(Settings(home=Path(home), workers=1, ocr=False)) as engine,
    ):
        document = create_app(Service(engine, LocalGateway(engine), "key")).openapi()
    before, _, rest = DOCS.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    DOCS.write_text(f"{before}{BEGIN}\n{table(document)}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
