"""`manifest.csv`: which file is whose, of what kind, and when the public could know it."""

from __future__ import annotations

import csv
import io

from .posts import Post
from .truth import stamp
from .world import Company, Story

Row = tuple[str, str, str, str, str]


def manifest(stories: list[Company], posts_of: dict[str, list[Post]]) -> str:
    """The table; files that date their own records (posts, feeds, prices, facts) state no date here."""
    lines = [row for story in stories for row in _rows(story, posts_of[story.key])]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("path", "issuer", "kind", "available_at", "source_of_date", "synthetic"))
    writer.writerow((".", "", "", "", "", "true"))  # all that lies here
    writer.writerows((*line, "") for line in sorted(lines))
    return out.getvalue()


def _rows(story: Company, posts: list[Post]) -> list[Row]:
    name = story.name
    rows: list[Row] = [
        (f"prices/{story.ticker}.csv", name, "price", "", ""),
        (f"social/{story.key}_posts.jsonl", name, "social", "", ""),
        (f"news/{story.key}_feed.xml", name, "news", "", ""),
    ]
    if isinstance(story, Story):
        filed = stamp(story.accepted)
        rows.append((f"filings_pdf/{story.ticker}_2025_10K.pdf", name, "filing", filed, "acceptance"))
    if story.call_at:
        call = f"call_audio/{story.call_stem}{story.call_suffix}"
        rows.append((call, name, "call", stamp(story.call_at), "call announcement"))
    for paper in story.papers:
        filed = stamp(paper.accepted)
        rows.append((f"filings_html/{paper.slug}.html", name, "filing", filed, "acceptance"))
    for article in story.articles:
        path = f"news/{article.slug}.html"
        rows.append((path, name, "news", stamp(article.at), "datePublished of the page"))
    for image in sorted({post.image for post in posts if post.image}):
        first = min(post.created_at for post in posts if post.image == image)
        rows.append((f"social/{image}", name, "social", first, "first post that shows it"))
    if story.role == "plain":
        rows.append((f"filings_html/{story.key}_companyfacts.json", name, "filing", "", ""))
    return rows
