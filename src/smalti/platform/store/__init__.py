"""The DuckDB store: tables, migrations, and the one writer."""

from smalti.platform.store.store import Store, utc_now
from smalti.platform.store.tables import TABLES, Batch

__all__ = ["TABLES", "Batch", "Store", "utc_now"]
