"""News pages with linked data, and one RSS feed an issuer."""

from __future__ import annotations

import json
from datetime import timedelta
from email.utils import format_datetime
from html import escape

from .world import DISCLAIMER, LABEL, SITE, Article, Company

_STYLE = (
    "body{font-family:Georgia,serif;max-width:42em;margin:2em auto;padding:0 1em;color:#222}"
    "nav,footer{font:13px sans-serif;color:#666}"
    "footer{border-top:1px solid #ccc;margin-top:2em;padding-top:1em}"
)


def address(article: Article) -> str:
    """The page's canonical address, on a name reserved for examples."""
    return f"{SITE}/{article.at:%Y/%m/%d}/{article.slug}"


def page(article: Article) -> str:
    """The article as a saved web page."""
    when = article.at.strftime("%Y-%m-%dT%H:%M:%SZ")
    outlet = {"@type": "Organization", "name": f"{article.outlet} ({LABEL})"}
    linked = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": article.headline,
        "datePublished": when,
        "dateModified": when,
        "author": outlet,
        "publisher": outlet,
        "mainEntityOfPage": address(article),
    }
    body = "\n".join(f"    <p>{escape(text, quote=False)}</p>" for text in article.paragraphs)
    title = escape(article.headline)
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <title>{title} | {article.outlet}</title>
  <link rel="canonical" href="{address(article)}">
  <meta property="article:published_time" content="{when}">
  <meta name="robots" content="noindex">
  <meta name="synthetic" content="true">
  <script type="application/ld+json">{json.dumps(linked)}</script>
  <style>{_STYLE}</style>
</head>
<body>
  <nav>{article.outlet} &middot; Markets &middot; Companies &middot; Energy</nav>
  <article>
    <h1>{title}</h1>
    <p><time datetime="{when}">{article.at:%B} {article.at.day}, {article.at:%Y, %H:%M} UTC</time></p>
{body}
  </article>
  <footer>{DISCLAIMER}</footer>
</body>
</html>
"""


def feed(story: Company) -> str:
    """RSS 2.0 with one item an article, newest first, each out five minutes after its page."""
    items = []
    for article in sorted(story.articles, key=lambda a: a.at, reverse=True):
        out = format_datetime(article.at + timedelta(minutes=5))
        items.append(
            f"""    <item>
      <title>{escape(article.headline, quote=False)}</title>
      <link>{address(article)}</link>
      <guid isPermaLink="true">{address(article)}</guid>
      <pubDate>{out}</pubDate>
      <description>{escape(article.paragraphs[0], quote=False)}</description>
    </item>"""
        )
    listing = "\n".join(items)
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0">
  <channel>
    <title>{LABEL} news feed: {escape(story.name, quote=False)}</title>
    <link>{SITE}/{story.key}</link>
    <description>{DISCLAIMER}</description>
    <language>en</language>
{listing}
  </channel>
</rss>
"""
