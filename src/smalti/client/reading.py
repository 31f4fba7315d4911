"""What is known: issuers, watchlists, documents, evidence, and searching in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from smalti.client.base import Base, Json

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, slots=True)
class Media:
    """Bytes of a picture (`image/png`) or of sound (`audio/wav`, `audio/flac`)."""

    body: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class Hits:
    """What a search found.

    Attributes:
        hits: a piece of evidence a row, best first; see `frames.HITS`.
        as_of: what was public by then was searched.
        semantic: whether meaning was compared too, and not words alone.
        notes: what a reader must know of this answer: what was left out, and why.
    """

    hits: pl.DataFrame
    as_of: datetime
    semantic: bool
    notes: Sequence[str]


class Reading(Base):
    """Issuers, watchlists, documents, evidence, search."""

    def issuers(self, search: str | None = None, as_of: datetime | None = None) -> pl.DataFrame:
        """Issuers by name.

        Args:
            search: part of a name, the beginning of a ticker, or a CIK.
            as_of: with the tickers in use then, and what was known then.

        Returns:
            An issuer a row; columns as `frames.ISSUERS`.
        """
        return self._frame("ISSUERS", "issuers", search=search, as_of=as_of)

    def issuer(self, name: str, as_of: datetime | None = None) -> Json:
        """One issuer by id, name, ticker or CIK: all its names, what is held about it, how fresh.

        Raises:
            NotFound: nobody is called so, or several are.
        """
        return self._one("issuers", name, as_of=as_of)

    def watchlists(self) -> pl.DataFrame:
        """One's own watchlists and the shared ones; columns as `frames.WATCHLISTS`."""
        return self._frame("WATCHLISTS", "watchlists")

    def watchlist(self, name: str) -> Json:
        """A watchlist by id or name: `watchlist_id`, `name`, `owner`, `shared`, `issuers` (ids)."""
        return self._one("watchlists", name)

    def make_watchlist(self, name: str, issuers: Sequence[str], *, shared: bool = False) -> Json:
        """A new watchlist of one's own; issuers by id, name, ticker or CIK.

        Raises:
            Conflict: there is one of this name.
        """
        made: Json = self._send("POST", "watchlists", name=name, issuers=list(issuers), shared=shared)
        return made

    def change_watchlist(
        self, watchlist: str, name: str, issuers: Sequence[str], *, shared: bool = False
    ) -> Json:
        """Another name, other issuers, shared or not."""
        body = {"name": name, "issuers": list(issuers), "shared": shared}
        changed: Json = self._send("PUT", "watchlists", watchlist, **body)
        return changed

    def remove_watchlist(self, watchlist: str) -> Json:
        """Take a watchlist away; gives what it was."""
        removed: Json = self._send("DELETE", "watchlists", watchlist)
        return removed

    def documents(
        self,
        issuer: str | None = None,
        kind: str | None = None,
        since: datetime | None = None,
        as_of: datetime | None = None,
        recorded_by: datetime | None = None,
    ) -> pl.DataFrame:
        """Documents, newest first; columns as `frames.DOCUMENTS`.

        Args:
            issuer: those about this one.
            kind: `news`, `filing`, `social`, `call`, `price`.
            since: public from then on.
            as_of: public by then.
            recorded_by: and stored by then.
        """
        return self._frame(
            "DOCUMENTS", "documents", issuer=issuer, kind=kind, since=since, as_of=as_of,
            recorded_by=recorded_by,
        )  # fmt: skip

    def newest_documents(
        self, issuer: str | None = None, as_of: datetime | None = None, limit: int = 20
    ) -> pl.DataFrame:
        """The documents that became public last, columns as `frames.DOCUMENTS`."""
        return self._page("DOCUMENTS", "documents", issuer=issuer, as_of=as_of, limit=limit)[0]

    def document(self, document_id: str) -> Json:
        """One document: `document`, `hints`, `size` in bytes, `sightings`."""
        return self._one("documents", document_id)

    def document_evidence(self, document_id: str) -> pl.DataFrame:
        """The pieces of a document in reading order; columns as `frames.EVIDENCE`."""
        return self._frame("EVIDENCE", "documents", document_id, "evidence")

    def document_pieces(
        self,
        document_id: str,
        kind: str | None = None,
        page: int | None = None,
        limit: int = 100,
        cursor: str | None = None,
    ) -> Json:
        """One page of the list of a document's pieces: `items`, and `next`, the cursor of the page after it.

        Args:
            document_id: of the document.
            kind: `paragraph`, `table`, `chart`, `image`, `fact`, `audio`.
            page: only those on this page of it, from 0.
            limit: most pieces.
            cursor: where it begins.
        """
        return self._one(
            "documents", document_id, "evidence", kind=kind, page=page, limit=limit, cursor=cursor
        )

    def document_pages(self, document_id: str) -> int:
        """How many pages of a document can be looked at.

        Raises:
            NotFound: it has none: it is no PDF.
        """
        return int(self._one("documents", document_id, "pages")["pages"])

    def page_picture(self, document_id: str, page: int) -> Media:
        """A page of a PDF as a picture; pages count from 0."""
        return self._media("documents", document_id, "pages", str(page))

    def recording(self, document_id: str) -> Media:
        """A whole call as FLAC, its pieces joined: seconds of evidence are seconds of it."""
        return self._media("documents", document_id, "sound")

    def _media(self, *path: str) -> Media:
        answer = self._transport.get(path, timeout=300.0)
        return Media(answer.body, answer.headers.get("content-type", "").partition(";")[0])

    def transcript(self, document_id: str, limit: int = 1_000, cursor: str | None = None) -> Json:
        """One page of what is said in a call: `items`, and `next`, the cursor of the page after it.

        A sentence has `start` and `end` in seconds, `speaker`, `role`, `text`, `numbers`, and `voice`: the
        measures of it by name.
        """
        return self._one("documents", document_id, "transcript", limit=limit, cursor=cursor)

    def around(self, evidence_id: str, as_of: datetime | None = None, signal: str | None = None) -> Json:
        """What stands around a piece: its document, what it moved, who tells the same; see the API document.

        Args:
            evidence_id: of the piece.
            as_of: as it was known then; now if None.
            signal: id of one whose effect is told too, though newer ones of its kind were moved.
        """
        return self._one("evidence", evidence_id, "around", as_of=as_of, signal=signal)

    def document_bytes(self, document_id: str) -> bytes:
        """The file a document was read from, as it was received. It is whatever somebody sent: beware."""
        return self._transport.get(["documents", document_id, "raw"]).body

    def evidence(self, evidence_id: str) -> Json:
        """One piece: `text`, `where`, and `locator` (pages from 0, box in points or pixels, seconds)."""
        return self._one("evidence", evidence_id)

    def media(self, evidence_id: str, *, whole: bool = False, span: tuple[int, int] | None = None) -> Media:
        """The picture or sound of a piece.

        Args:
            evidence_id: of the piece.
            whole: the whole page or picture with the piece marked, instead of a part of it.
            span: first and last byte wanted, instead of all.

        Raises:
            NotFound: it has neither picture nor sound.
        """
        headers = {"Range": f"bytes={span[0]}-{span[1]}"} if span else {}
        path = ["evidence", evidence_id, "media"]
        answer = self._transport.get(path, {"whole": whole}, headers=headers, timeout=300.0)
        return Media(answer.body, answer.headers.get("content-type", "").partition(";")[0])

    def search(  # noqa: PLR0913 - what can be searched by
        self,
        text: str,
        issuer: str | None = None,
        as_of: datetime | None = None,
        *,
        sources: Sequence[str] = (),
        kinds: Sequence[str] = (),
        languages: Sequence[str] = (),
        since: datetime | None = None,
        until: datetime | None = None,
        told_from: date | None = None,
        told_to: date | None = None,
        limit: int = 20,
    ) -> Hits:
        """Pieces of evidence by words and by meaning, best first.

        Args:
            text: words; nothing in them is syntax.
            issuer: about this one.
            as_of: what was public by then; now if None.
            sources: kinds of documents: `news`, `filing`, `social`, `call`.
            kinds: kinds of evidence: `paragraph`, `table`, `chart`, `image`, `fact`, `audio`.
            languages: as detected: `en`.
            since: public from then on.
            until: public by then.
            told_from: tells of a time that ends in the month of this day, or later.
            told_to: tells of one that ends in the month of this day, or before.
            limit: most hits, up to 100.
        """
        from smalti.client import frames

        told = self._one(
            "search", q=text, issuer=issuer, as_of=as_of, source=list(sources), kind=list(kinds),
            language=list(languages), limit=limit, told_from=told_from, told_to=told_to,
            **{"from": since, "to": until},
        )  # fmt: skip
        hits = frames.frame(told["hits"], frames.HITS)
        return Hits(hits, datetime.fromisoformat(told["as_of"]), told["semantic"], told["notes"])
