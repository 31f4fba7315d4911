"""Where each document stands: in which span of time it counts, for whom it speaks, whether it is a copy.

`as of T` picks of every page the edition that counted then, as scoring does. Of one document these T are one
span, from when it was public until a later edition or a newer reading of it was; so the span can be kept in
an index beside the words, and a search never meets what does not count.
"""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl

from smalti.platform.quantities import read_dates
from smalti.platform.records import LEAST_LINK, SourceKind
from smalti.platform.store import Store

EVER = datetime(9999, 1, 1, tzinfo=UTC)
"""The end of the span of a document that nothing has taken the place of."""
_NAMED = 3  # issuers whose names count as words of a document: the surest; a list of tickers is about none

# Of each name in a source one artifact counts: the one it holds now, or before that was public the last
# received. Of each record of an artifact the document read last counts.
_SPANS = """
held AS (
  SELECT s.artifact_id, s.source_id, s.path, s.fetched_at, k.since,
         x.artifact_id IS NOT DISTINCT FROM s.artifact_id AS now
  FROM sightings s
  JOIN (SELECT artifact_id, min(available_at) AS since FROM documents GROUP BY 1) k USING (artifact_id)
  LEFT JOIN dispositions x ON x.source_id = s.source_id AND x.path = s.path AND x.record = ''),
editions AS (
  SELECT artifact_id, max(coalesce(later, $ever)) AS until FROM (
    SELECT artifact_id, min(since) OVER (PARTITION BY source_id, path ORDER BY now DESC, fetched_at DESC
                                         ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS later FROM held)
  GROUP BY 1),
readings AS (
  SELECT *, min(available_at) OVER (PARTITION BY artifact_id, part ORDER BY recorded_at DESC, document_id
                                    ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reread
  FROM documents),
spans AS (
  SELECT r.* EXCLUDE (reread), least(coalesce(e.until, $ever), coalesce(r.reread, $ever)) AS until
  FROM readings r LEFT JOIN editions e USING (artifact_id))
"""
_STANDING = f"""
WITH {_SPANS},
speaks AS (SELECT document_id, issuer_id, score FROM links WHERE score >= {LEAST_LINK}),
copies AS (
  SELECT u.document_id, u.of_document FROM duplicates u
  JOIN spans c USING (document_id) JOIN spans o ON o.document_id = u.of_document
  WHERE o.available_at <= c.available_at AND o.until >= c.until),
whose AS (
  SELECT document_id, list(issuer_id ORDER BY score DESC, issuer_id) AS issuers FROM speaks s
  WHERE NOT EXISTS (SELECT 1 FROM copies c JOIN speaks o ON o.document_id = c.of_document
                    WHERE c.document_id = s.document_id AND o.issuer_id = s.issuer_id)
  GROUP BY 1),
called AS (
  SELECT issuer_id, concat_ws(' ', any_value(i.name), any_value(i.cik),
                              string_agg(DISTINCT n.text, ' ' ORDER BY n.text)) AS names
  FROM issuers i LEFT JOIN issuer_names n USING (issuer_id) GROUP BY 1),
named AS (
  SELECT document_id, string_agg(names, ' ' ORDER BY place) AS names FROM (
    SELECT s.document_id, c.names,
           row_number() OVER (PARTITION BY s.document_id ORDER BY s.score DESC, s.issuer_id) AS place
    FROM speaks s JOIN called c USING (issuer_id)) WHERE place <= {_NAMED}
  GROUP BY 1)
SELECT d.document_id, d.kind AS source, d.language, d.available_at AS since, d.until, d.title, n.names,
       coalesce(w.issuers, []) AS issuers, c.document_id IS NOT NULL AS copy, e.pieces
FROM spans d LEFT JOIN whose w USING (document_id) LEFT JOIN named n USING (document_id)
LEFT JOIN copies c USING (document_id)
JOIN (SELECT document_id, count(*) AS pieces FROM evidence GROUP BY 1) e USING (document_id)
WHERE d.available_at < d.until ORDER BY d.document_id
"""
_READ = "documents evidence links duplicates sightings dispositions issuer_names embeddings"
_CLOCK = " UNION ALL ".join(
    f"SELECT count(*) AS rows, max(recorded_at) AS latest FROM {table}" for table in _READ.split()
)


def standing(store: Store) -> pl.DataFrame:
    """One row a document that counts at some moment.

    `since` and `until` bound the moments at which it does (`until` excluded); `issuers` are those it speaks
    for without only repeating what another document of theirs says; `copy` tells that it repeats one that
    counts as long as itself; `names` and `title` are words for all its pieces; `told` is the month
    (`2018-12`) in which the year or quarter ends that it reports on, else in which it was published;
    `signature` changes when any of this does.
    """
    rows = store.read(_STANDING, {"ever": EVER})
    told = [month(_told(*one)) for one in rows.select("source", "title", "since").iter_rows()]
    return rows.with_columns(pl.Series("told", told, pl.String)).with_columns(
        signature=pl.concat_str(
            pl.col("since", "until").dt.timestamp("us").cast(pl.String),
            pl.col("source", "title", "names", "language").fill_null(""),
            pl.col("issuers").list.join(" "),
            pl.col("copy", "pieces").cast(pl.String),
            separator="\x1f",
        ).hash(0).cast(pl.String)
    )  # fmt: skip


def month(day: date) -> str:
    """As `2018-12`: finer than that, the end of a year of 52 weeks is nobody's to know."""
    return f"{day:%Y-%m}"


def _told(source: str, title: str | None, since: datetime) -> date:
    past = [day for day in read_dates(title or "") if day <= since.date()]
    return max(past) if past and source == SourceKind.FILING else since.date()


def changed_since(store: Store) -> str:
    """A token that is another one after any change to what a search reads."""
    return repr(store.read(_CLOCK).rows())
