"""What all parts of the client share: how a route is asked, as an object, page by page, or as a frame."""

from __future__ import annotations

import ssl
import weakref
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Self

from smalti.client.transport import Transport

if TYPE_CHECKING:
    import polars as pl

Json = Mapping[str, Any]
"""A JSON object as the API document describes it: times are ISO texts in UTC."""

ARROW = "application/vnd.apache.arrow.stream"
_PAGE = 1_000
_LONG = 600.0
"""Seconds for answers that a model or the whole store has to be asked for."""


class Base:
    """Holds the transport, and asks through it."""

    def __init__(
        self,
        address: str,
        key: str | None = None,
        *,
        session: str | None = None,
        timeout: float = 60.0,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._transport = Transport(address, key, session=session, timeout=timeout, tls=tls)
        # A page's client ends with its session, which tells nobody.
        weakref.finalize(self, self._transport.close)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()

    def each(self, *path: str, **params: Any) -> Iterator[Json]:
        """The items of any list, fetched page by page as they are asked for.

        Args:
            *path: of the list below `/v1`: `"documents"`.
            **params: its parameters as the API document names them; `from` as `from_`.
        """
        cursor = None
        asked = {name.rstrip("_"): value for name, value in params.items()}
        while True:
            page = self._transport.get(
                path, {"limit": _PAGE, **asked, "cursor": cursor}, timeout=_LONG
            ).json()
            yield from page["items"]
            cursor = page["next"]
            if cursor is None:
                return

    def _one(self, *path: str, **params: Any) -> Json:
        found: Json = self._transport.get(path, params, timeout=_LONG).json()
        return found

    def _send(self, method: str, *path: str, **body: Any) -> Any:
        """Change something; what is None is left out of the body."""
        given = {name: value for name, value in body.items() if value is not None}
        answer = self._transport.send(method, path, timeout=_LONG, **({"json": given} if body else {}))
        return answer.json() if answer.body else None

    def _frame(self, schema: str, *path: str, **params: Any) -> pl.DataFrame:
        """All items of a list as a frame of one of the schemas in `frames`."""
        from smalti.client import frames  # so that whoever wants no frames loads no Polars

        return frames.frame(self.each(*path, **params), getattr(frames, schema))

    def _page(self, schema: str, *path: str, **params: Any) -> tuple[pl.DataFrame, str | None]:
        """One page of a list as a frame, and the cursor of the page after it."""
        from smalti.client import frames

        found = self._one(*path, **params)
        return frames.frame(found["items"], getattr(frames, schema)), found["next"]

    def _arrow(self, schema: str, *path: str, **params: Any) -> pl.DataFrame:
        """The same of a list that comes as Arrow, in one answer."""
        from smalti.client import frames

        asked = {name.rstrip("_"): value for name, value in params.items()}
        answer = self._transport.get(path, asked, headers={"Accept": ARROW}, timeout=_LONG)
        return frames.from_arrow(answer.body, getattr(frames, schema))
