"""A body out of its content encodings, in bounded steps, so that a bomb is stopped before it fills memory."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from typing import Protocol

import brotli

from smalti.platform.errors import Malformed, TooLarge, Unsupported

try:
    from compression import zstd  # type: ignore[import-not-found, unused-ignore]  # Python 3.14
except ImportError:
    from backports import zstd

ACCEPTED = "gzip, deflate, br, zstd"
_STEP = 65_536  # bytes made at once
_FREE_BYTES = 1_000_000  # below this much a high ratio is harmless
_MAX_LAYERS = 2
_MAX_MEMBERS = 64  # of a gzip body; each costs a copy of what is left
_WINDOW_LOG = 23  # 8 MB, the most RFC 9659 lets a server ask for


class Truncated(Exception):
    """The encoded body ends before its end: worth another try."""


class _Decoder(Protocol):
    def feed(self, data: bytes) -> Iterator[bytes]: ...
    def ended(self) -> bool: ...


class _Zlib:
    """gzip, or deflate with or without its zlib header: servers send both under that name."""

    def __init__(self, gzip: bool) -> None:
        self._gzip = gzip
        self._members = 0
        self._head = b""
        self._inflater = zlib.decompressobj(31) if gzip else None

    def feed(self, data: bytes) -> Iterator[bytes]:
        if self._inflater is None:
            self._head = data = self._head + data
            if len(data) < 2:
                return
            wrapped = data[0] & 15 == 8 and int.from_bytes(data[:2], "big") % 31 == 0
            self._inflater = zlib.decompressobj(15 if wrapped else -15)
        while True:
            if self._inflater.eof:
                if not (self._gzip and data.startswith(b"\x1f\x8b")):
                    return  # padding after the end, which is ignored
                self._members += 1
                if self._members >= _MAX_MEMBERS:
                    raise Malformed(f"gzip of more than {_MAX_MEMBERS} members")
                self._inflater = zlib.decompressobj(31)
            made = self._inflater.decompress(data, _STEP)
            yield made
            data = self._inflater.unused_data if self._inflater.eof else self._inflater.unconsumed_tail
            if not data and (self._inflater.eof or len(made) < _STEP):
                return

    def ended(self) -> bool:
        return self._inflater is not None and self._inflater.eof


class _Brotli:
    def __init__(self) -> None:
        self._inflater = brotli.Decompressor()

    def feed(self, data: bytes) -> Iterator[bytes]:
        if self._inflater.is_finished():
            return
        made = self._inflater.process(data, output_buffer_limit=_STEP)
        # It says that it can take more while it still holds output, so it is asked until it gives none.
        while made or not self._inflater.can_accept_more_data():
            yield made
            made = self._inflater.process(b"", output_buffer_limit=_STEP)

    def ended(self) -> bool:
        return bool(self._inflater.is_finished())


class _Zstd:
    def __init__(self) -> None:
        self._inflater = self._new()

    @staticmethod
    def _new() -> zstd.ZstdDecompressor:
        return zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: _WINDOW_LOG})

    def feed(self, data: bytes) -> Iterator[bytes]:
        if self._inflater.eof:
            return
        yield self._inflater.decompress(data, _STEP)
        while not (self._inflater.eof or self._inflater.needs_input):
            yield self._inflater.decompress(b"", _STEP)
        if self._inflater.eof and self._inflater.unused_data:
            raise Malformed("zstd of more than one frame")

    def ended(self) -> bool:
        return bool(self._inflater.eof)


class _Counted:
    """A decoder that stops at a number of bytes made."""

    def __init__(self, inner: _Decoder, most: int, why: str) -> None:
        self._inner, self._left, self._why = inner, most, why

    def feed(self, data: bytes) -> Iterator[bytes]:
        for made in self._inner.feed(data):
            self._left -= len(made)
            if self._left < 0:
                raise TooLarge(self._why, mend="raise the source's limits if it can be trusted")
            yield made

    def ended(self) -> bool:
        return self._inner.ended()


def decoded(raw: bytes, encodings: Sequence[str], *, max_bytes: int, max_ratio: float) -> bytes:
    """`raw` out of its content encodings, in the order they were put on.

    Raises:
        TooLarge: over `max_bytes`, or over `max_ratio` times `raw` (and over a megabyte), at any layer.
        Malformed: not in the encoding it claims.
        Unsupported: another encoding than gzip, deflate, br and zstd, or more than two layers.
        Truncated: it ends too early.
    """
    named = [one for one in (e.strip().lower() for e in encodings) if one not in ("", "identity")]
    if not named:
        return raw
    if not raw:
        return b""
    if len(named) > _MAX_LAYERS:
        raise Unsupported(
            f"{len(named)} layers of compression", mend="the server is misconfigured, or hostile"
        )
    by_ratio = max(int(len(raw) * max_ratio), _FREE_BYTES)
    if by_ratio < max_bytes:
        most, why = by_ratio, f"inflates to more than {max_ratio:g} times its {len(raw)} bytes"
    else:
        most, why = max_bytes, f"inflates to more than {max_bytes} bytes"
    layers = [_Counted(_decoder(name), most, why) for name in reversed(named)]
    out = bytearray()
    try:
        for start in range(0, len(raw), _STEP):
            for made in _through(layers, raw[start : start + _STEP]):
                out += made
    except (zlib.error, brotli.error, zstd.ZstdError) as error:
        raise Malformed(
            f"not the {' in '.join(named)} it claims to be: {error}", mend="fetch it again"
        ) from None
    if not all(layer.ended() for layer in layers):
        raise Truncated
    return bytes(out)


def _through(layers: Sequence[_Decoder], data: bytes) -> Iterator[bytes]:
    if not layers:
        yield data
        return
    for made in layers[0].feed(data):
        if made:
            yield from _through(layers[1:], made)


def _decoder(name: str) -> _Decoder:
    if name in ("gzip", "x-gzip"):
        return _Zlib(gzip=True)
    if name == "deflate":
        return _Zlib(gzip=False)
    if name == "br":
        return _Brotli()
    if name == "zstd":
        return _Zstd()
    raise Unsupported(f"content encoding {name[:40]!r}", mend=f"it can be read as {ACCEPTED}")
