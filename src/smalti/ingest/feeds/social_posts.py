"""Posts as Mastodon, Bluesky, reddit and RSS give them, made one: `Post`, and the JSON line kept of it.

A count of likes or followers is that of the moment of fetching, and was not known when the post was written.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from lxml import etree
from lxml import html as lxml_html

from smalti.ingest.feeds.addresses import key, line
from smalti.ingest.parse.feed_items import Item
from smalti.ingest.parse.moments import from_epoch, latest, moment
from smalti.ingest.parse.text import clean, from_markup, html_parser
from smalti.platform.errors import Malformed

__all__ = ["MAX_IMAGES", "Post", "from_bluesky", "from_item", "from_mastodon", "from_reddit"]

MAX_IMAGES = 20
"""Of one post; the sites allow four to twenty."""
_MAX_TEXT = 200_000
_REDDIT = "https://www.reddit.com"


@dataclass(frozen=True, slots=True)
class Post:
    """One post.

    Attributes:
        id: the same wherever it is seen: an ActivityPub or AT address, a reddit name, a guid.
        text: plain words.
        written: when it was posted, as far as its server vouches for that; of a repost, when it was reposted.
        edited: when its text was last changed.
        author_id, author, author_name: the account for machines, its handle, and the name it shows.
        images: address as written and alternative text of each picture.
        videos: how many of its attachments are not read.
        repost_of, original_author: whose words these are, where somebody passes them on.
        counts: `followers`, `likes`, `reposts`, `replies`, where given.
    """

    id: str
    text: str
    written: datetime | None
    edited: datetime | None = None
    author_id: str = ""
    author: str = ""
    author_name: str = ""
    url: str = ""
    language: str = ""
    images: tuple[tuple[str, str], ...] = ()
    videos: int = 0
    repost_of: str = ""
    original_author: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def published_at(self) -> datetime | None:
        """When these words were public, UTC."""
        return latest([self.written, self.edited])

    @property
    def revision(self) -> str:
        """Changes with what is said and shown, not with its counts or the signatures of its addresses."""
        shown = (part for url, alt in self.images for part in (url.partition("?")[0], alt))
        return key(self.text, str(self.edited or ""), *shown)

    def raw(self, files: Iterable[str], url: str) -> bytes:
        """The line of JSON that is kept of it.

        Args:
            files: names of its pictures, as many and in the order of `images`.
            url: its address, made absolute.
        """
        shown = [
            {"file": name, "alt": line(alt, 2000)} for name, (_, alt) in zip(files, self.images, strict=True)
        ]
        told = {
            "uri": self.id,
            "text": self.text,
            "created_at": self.written.isoformat() if self.written else "",
            "edited_at": self.edited.isoformat() if self.edited else "",
            "user": {"id": self.author_id, "username": self.author, "display_name": self.author_name},
            "url": url,
            "language": self.language,
            "images": shown,
            "repost_of": self.repost_of,
            "original_author": self.original_author,
            **self.counts,
        }
        kept = {name: value for name, value in told.items() if value not in ("", [])}
        return json.dumps(kept | {"text": self.text}, sort_keys=True).encode() + b"\n"


def from_mastodon(status: Any, server: str) -> Post:
    """A status of Mastodon; of a boost, the words of the original.

    Raises:
        Malformed: it has no id.
    """
    told = _mapping(status)
    boosted = _mapping(told.get("reblog"))
    words = boosted or told
    account = _mapping(told.get("account"))
    media = [_mapping(one) for one in _list(words.get("media_attachments"))]
    shown = [one for one in media if one.get("type") == "image"]
    warned = _text(words, "spoiler_text")
    body = from_markup(_text(words, "content"))
    return Post(
        id=_named(told, "uri", "id"),
        text=f"{warned}\n{body}".strip(),
        written=_moment(told, "created_at"),
        edited=_moment(words, "edited_at"),
        author_id=_handle(account, server),
        author=_handle(account, server),
        author_name=line(_text(account, "display_name"), 200),
        url=_text(told, "url") or _text(words, "url"),
        language=_text(words, "language")[:35],
        images=tuple((_text(one, "url"), _text(one, "description")) for one in shown[:MAX_IMAGES]),
        videos=len(media) - len(shown),
        repost_of=_named(boosted, "uri", "id") if boosted else "",
        original_author=_handle(_mapping(boosted.get("account")), server) if boosted else "",
        counts=_counts(
            followers=account.get("followers_count"),
            likes=words.get("favourites_count"),
            reposts=words.get("reblogs_count"),
            replies=words.get("replies_count"),
        ),
    )


def _handle(account: Mapping[str, Any], server: str) -> str:
    name = line(_text(account, "acct"), 200)
    return name if "@" in name or not name else f"{name}@{server}"


def from_bluesky(told: Any) -> Post:
    """A post of Bluesky, from an author's feed or a search.

    Its date is the later of what the author's program wrote, which may be any, and when the service first saw
    it; of a repost, when that was seen.

    Raises:
        Malformed: it has no address.
    """
    entry = _mapping(told)
    post = _mapping(entry.get("post")) or entry
    reason = _mapping(entry.get("reason"))
    by = _mapping(reason.get("by"))
    record, author = _mapping(post.get("record")), _mapping(post.get("author"))
    uri = _named(post, "uri")
    who = by or author
    embed = _mapping(post.get("embed"))
    media = _mapping(embed.get("media")) or embed
    shown = [_mapping(one) for one in _list(media.get("images"))][:MAX_IMAGES]
    languages = [one for one in _list(record.get("langs")) if isinstance(one, str)]
    return Post(
        id=(_text(reason, "uri") or f"{uri}#{_text(by, 'did')}")[:1000] if by else uri,
        text=clean(_text(record, "text")),
        written=latest(
            [_moment(record, "createdAt"), _moment(post, "indexedAt"), _moment(reason, "indexedAt")]
        ),
        author_id=line(_text(who, "did"), 200),
        author=line(_text(who, "handle"), 200),
        author_name=line(_text(who, "displayName"), 200),
        url=f"https://bsky.app/profile/{_text(author, 'handle')}/post/{uri.rpartition('/')[2]}",
        language=languages[0][:35] if languages else "",
        images=tuple((_text(one, "fullsize") or _text(one, "thumb"), _text(one, "alt")) for one in shown),
        videos=int("video" in _text(media, "$type")),
        repost_of=uri if by else "",
        original_author=line(_text(author, "handle"), 200) if by else "",
        counts=_counts(
            followers=who.get("followersCount"),
            likes=post.get("likeCount"),
            reposts=post.get("repostCount"),
            replies=post.get("replyCount"),
        ),
    )


def from_reddit(told: Any) -> Post:
    """A link or text post of a reddit listing asked for with `raw_json=1`.

    Raises:
        Malformed: it has no name.
    """
    post = _mapping(_mapping(told).get("data"))
    parents = _list(post.get("crosspost_parent_list"))
    parent = _mapping(parents[0]) if parents else {}
    return Post(
        id=_named(post, "name", "id"),
        text=clean(f"{_text(post, 'title')}\n\n{_text(post, 'selftext')}"),
        written=_epoch(post.get("created_utc")),
        edited=_epoch(post.get("edited")),
        author_id=line(_text(post, "author_fullname"), 200) or line(_text(post, "author"), 200),
        author=line(_text(post, "author"), 200),
        url=f"{_REDDIT}{_text(post, 'permalink')}" if _text(post, "permalink").startswith("/") else "",
        images=tuple((url, "") for url in _reddit_pictures(post)),
        videos=int(bool(post.get("is_video"))),
        repost_of=_named(parent, "name", "id") if parent else "",
        original_author=line(_text(parent, "author"), 200),
        counts=_counts(
            likes=post.get("ups"), reposts=post.get("num_crossposts"), replies=post.get("num_comments")
        ),
    )


def _reddit_pictures(post: Mapping[str, Any]) -> list[str]:
    gallery = _mapping(post.get("media_metadata")).values()
    shown = [_text(_mapping(_mapping(one).get("s")), "u") for one in gallery]
    if post.get("post_hint") == "image":
        shown.append(_text(post, "url"))
    return [one for one in shown if one][:MAX_IMAGES]


def from_item(item: Item) -> Post:
    """An item of a feed.

    Raises:
        Malformed: it has neither guid nor address.
    """
    title = " ".join(from_markup(item.title[:_MAX_TEXT]).split())
    body = from_markup(item.body[:_MAX_TEXT])
    repeated = not title or body.startswith(title.removesuffix("…").removesuffix("..."))
    shown = {**_pictures(item.body[:_MAX_TEXT]), **{one.url: "" for one in item.images}}
    if not item.key:
        raise Malformed("a post without a guid or address", mend="ask its server to give one")
    return Post(
        id=line(item.key, 1000),
        text=body if repeated else f"{title}\n\n{body}".strip(),
        written=item.dated,
        author_id=line(from_markup(item.author[:10_000]), 200),
        url=item.url,
        language=line(item.language, 35),
        images=tuple(shown.items())[:MAX_IMAGES],
    )


def _pictures(markup: str) -> dict[str, str]:
    """Alternative text by address of the pictures in some HTML, but for those that only count readers."""
    if "<img" not in markup.lower():
        return {}
    try:
        # Surrogates cannot be sent; libxml2 reads what else there is.
        tree = lxml_html.fromstring(f"<div>{markup}</div>".encode("utf-8", "replace"), parser=html_parser())
    except (etree.ParserError, ValueError):  # nothing but comments, or null characters
        return {}
    shown = (one for one in tree.iter("img") if not {one.get("width"), one.get("height")} & {"0", "1"})
    return {src: one.get("alt") or "" for one in shown if (src := (one.get("src") or "").strip())}


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return value[:1000] if isinstance(value, list) else []


def _text(of: Mapping[str, Any], name: str) -> str:
    value = of.get(name)
    return value[:_MAX_TEXT] if isinstance(value, str) else ""


def _named(of: Mapping[str, Any], *names: str) -> str:
    for name in names:
        if found := line(_text(of, name), 1000):
            return found
    raise Malformed(f"a post without {' or '.join(names)}", mend="look at the server's answer")


def _moment(of: Mapping[str, Any], name: str) -> datetime | None:
    return moment(_text(of, name))


def _epoch(value: object) -> datetime | None:
    return from_epoch(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _counts(**told: object) -> dict[str, int]:
    return {
        name: value
        for name, value in told.items()
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**12
    }
