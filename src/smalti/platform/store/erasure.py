"""A batch that takes out history too: what was erased on request, and nothing else."""

from __future__ import annotations

from collections.abc import Collection

import duckdb
import polars as pl

from smalti.platform.store.tables import TABLES, Batch


class Erasure(Batch):
    """Rows to take out or to blank, and the rows (tombstones, marks) that are written in their place.

    Only `Store.erase` takes one as it should be taken: it also has the bytes out of the file.
    """

    def __init__(self) -> None:
        super().__init__()
        self._removals: list[tuple[str, str, Collection[str]]] = []
        self._blanks: list[tuple[str, str, Collection[str], dict[str, str | None]]] = []

    def remove(self, table: str, column: str, values: Collection[str]) -> None:
        """Take out the rows of a table whose column has one of these values."""
        _known(table, column)
        self._removals.append((table, column, values))

    def blank(self, table: str, column: str, values: Collection[str], **to: str | None) -> None:
        """Overwrite columns of the rows of a table whose `column` has one of these values."""
        _known(table, column, *to)
        self._blanks.append((table, column, values, to))

    def carry_out(self, con: duckdb.DuckDBPyConnection) -> None:
        """Do so inside the connection's transaction."""
        for table, column, values in self._removals:
            wanted = _frame(values)
            con.execute(f"DELETE FROM {table} t USING wanted WHERE t.{column} = wanted.value")
            del wanted
        for table, column, values, to in self._blanks:
            wanted = _frame(values)
            changed = ", ".join(f"{name} = ?" for name in to)
            con.execute(
                f"UPDATE {table} SET {changed} FROM wanted WHERE {table}.{column} = wanted.value",
                list(to.values()),
            )
            del wanted

    def __len__(self) -> int:
        return super().__len__() + len(self._removals) + len(self._blanks)


def _known(table: str, *columns: str) -> None:
    unknown = set(columns) - TABLES[table].columns.keys()
    if unknown:
        raise KeyError(f"{table} has no column {', '.join(sorted(unknown))}")


def _frame(values: Collection[str]) -> pl.DataFrame:
    return pl.DataFrame({"value": sorted(set(values))}, schema={"value": pl.String})
