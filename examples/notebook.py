# ruff: noqa: T201, D100 - a notebook shows what it finds, and begins with a title
# %% [markdown]
# # Signals, findings and the snapshot, with Polars and DuckDB
#
# A running service (`smalti up`) answers the first half; the second half is SQL on the read-only copy of its
# store that `smalti snapshot` publishes. Set three variables before:
#
# - `SMALTI_SERVICE`: its address, `http://127.0.0.1:8321`
# - `SMALTI_KEY`: a key (`smalti keys create`)
# - `SMALTI_SNAPSHOT`: the snapshot, `.smalti/snapshot/latest.duckdb`

# %%
import os
from datetime import timedelta

import duckdb
import polars as pl

from smalti.client import Client

smalti = Client(os.environ["SMALTI_SERVICE"], os.environ["SMALTI_KEY"])
pl.Config.set_tbl_rows(30).set_tbl_hide_column_data_types(True).set_fmt_str_lengths(60)

# %% [markdown]
# ## What is known now
# Risk is annualised volatility of the next 30 trading days, fraud a probability, sentiment between -1 and 1.
# Where there is no value, `reason` says why.

# %%
signals = smalti.signals()
main = signals.filter(
    pl.col("kind").is_in(["risk", "fraud", "sentiment"]), pl.col("horizon_days").is_in([0, 30])
)
print(main.pivot("kind", index=["issuer", "synthetic"], values="value").sort("issuer"))

# %% [markdown]
# ## What does not fit
# Findings of the checks stand beside the signals: of each issuer the strongest, with the number of others.

# %%
issuers = signals.select("issuer_id", "issuer").unique(maintain_order=True)
found = pl.concat(
    smalti.findings(issuer_id).with_columns(issuer=pl.lit(name)) for issuer_id, name in issuers.iter_rows()
).filter(
    pl.col("strength").is_not_null(), pl.col("check") != "fraud.contradiction"
)  # which sums up the others
strongest = (
    found.sort("strength", descending=True)
    .group_by("issuer", maintain_order=True)
    .agg(pl.len().alias("findings"), pl.col("check", "strength", "reason").first())
)
fraud = main.filter(pl.col("kind") == "fraud").select("issuer", "value")
print(fraud.join(strongest, on="issuer", how="left"))

# %% [markdown]
# ## The snapshot
# SQL on all public tables, without asking the service. It is opened read-only; publishing a newer one
# meanwhile does no harm to this connection.

# %%
snapshot = duckdb.connect(os.environ["SMALTI_SNAPSHOT"], read_only=True)
snapshot.sql("SET TimeZone = 'UTC'")
print(snapshot.sql("SELECT snapshot_of, schema_version FROM snapshot_of").pl())

# %% [markdown]
# Polars frames and tables of the snapshot meet in one query: which kinds of documents moved each signal, as a
# share of all that moved it.

# %%
moved = snapshot.sql("""
    SELECT m.issuer, m.kind, d.kind AS source, sum(abs(a.effect)) AS moved
    FROM main m
    JOIN attributions a USING (signal_id)
    JOIN evidence e USING (evidence_id)
    JOIN documents d USING (document_id)
    WHERE a.effect IS NOT NULL AND a.method LIKE 'integrated-gradients%'
    GROUP BY ALL
""").pl()
shares = moved.with_columns(share=pl.col("moved") / pl.col("moved").sum().over("issuer", "kind"))
print(shares.sort("issuer", "kind", "share", descending=[False, False, True]))

# %% [markdown]
# ## As of a moment
# What could have been known thirty days before the newest signal? Reading *as of T* takes documents with
# `available_at <= T`, whatever came later. The service scores as of that moment too, reading nothing later
# (that is work for an analyst's key, and done once).

# %%
last = main["as_of"].max()
then = last - timedelta(days=30)
known = snapshot.execute(
    """
    SELECT i.name AS issuer, count(*) FILTER (d.available_at <= $1) AS documents_then, count(*) AS documents
    FROM links l JOIN documents d USING (document_id) JOIN issuers i USING (issuer_id)
    WHERE d.available_at <= $2
    GROUP BY ALL ORDER BY issuer
    """,
    [then, last],
).pl()
smalti.score(as_of=then).wait(lambda stage, done, total: print(f"{stage}: {done} of {total}"))
risk = [
    smalti.signals(kind="risk", as_of=moment)
    .filter(pl.col("horizon_days") == 30)
    .select("issuer", pl.col("value").alias(name))
    for name, moment in (("risk_then", then), ("risk", last))
]
print(f"as of {then:%Y-%m-%d}, and as of {last:%Y-%m-%d}")
print(known.join(risk[0], on="issuer", how="left").join(risk[1], on="issuer", how="left"))

# %%
snapshot.close()
smalti.close()
