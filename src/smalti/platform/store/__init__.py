"""The DuckDB store: tables, migrations, and the one writer."""

from smalti.platform.store.erasure import Erasure
from smalti.platform.store.store import Store, utc_now
from smalti.platform.store.tables import PRIVATE, TABLES, Batch

__all__ = ["PRIVATE", "TABLES", "Batch", "Erasure", "Store", "utc_now"]
