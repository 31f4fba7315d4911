import gzip
import zlib

import brotli
import pytest
from backports import zstd
from hypothesis import given, settings
from hypothesis import strategies as st

from smalti.platform.errors import Malformed, TooLarge, Unsupported
from smalti.platform.web.bodies import Truncated, decoded


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


PACK = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": lambda data: brotli.compress(data, quality=1),
    "zstd": zstd.compress,
}
NAMES = sorted(PACK)


def read(raw: bytes, *encodings: str, max_bytes: int = 10_000_000, max_ratio: float = 100) -> bytes:
    return decoded(raw, encodings, max_bytes=max_bytes, max_ratio=max_ratio)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=3000), st.integers(1, 60), st.lists(st.sampled_from(NAMES), max_size=2))
def test_what_was_packed_is_unpacked(seed: bytes, times: int, names: list[str]) -> None:
    data = packed = seed * times
    for name in names:
        packed = PACK[name](packed)
    assert read(packed, *names) == data


def test_deflate_without_its_header_is_read_too() -> None:
    assert read(raw_deflate(b"plain" * 1000), "deflate") == b"plain" * 1000


def test_gzip_of_several_members_and_with_padding_is_read_whole() -> None:
    assert read(gzip.compress(b"one") + gzip.compress(b"two") + bytes(20), "gzip") == b"onetwo"


@pytest.mark.parametrize("name", NAMES)
def test_a_bomb_is_stopped_by_its_ratio(name: str) -> None:
    bomb = PACK[name](bytes(8_000_000))
    with pytest.raises(TooLarge, match="more than 100 times"):
        read(bomb, name, max_bytes=10**9)


@pytest.mark.parametrize("name", NAMES)
def test_a_body_over_the_byte_limit_is_stopped(name: str) -> None:
    with pytest.raises(TooLarge, match="more than 1000000 bytes"):
        read(PACK[name](bytes(2_000_000)), name, max_bytes=1_000_000, max_ratio=1e9)


@pytest.mark.parametrize("name", NAMES)
def test_a_bomb_in_a_bomb_is_stopped_at_its_first_layer(name: str) -> None:
    nested = PACK[name](PACK["gzip"](bytes(15_000_000)))
    with pytest.raises(TooLarge):
        read(nested, "gzip", name, max_bytes=10**9)


def test_a_bomb_never_fills_memory() -> None:
    import tracemalloc

    bomb = brotli.compress(bytes(40_000_000), quality=1)
    tracemalloc.start()
    with pytest.raises(TooLarge):
        read(bomb, "br", max_bytes=10**9)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8_000_000


@pytest.mark.parametrize("name", NAMES)
def test_a_cut_body_is_never_given_in_half(name: str) -> None:
    packed = PACK[name](bytes(range(256)) * 500)
    for end in (len(packed) - 1, len(packed) // 2):
        with pytest.raises((Truncated, Malformed)):
            read(packed[:end], name)


@pytest.mark.parametrize("name", NAMES)
def test_bytes_that_are_not_what_they_claim_are_malformed(name: str) -> None:
    with pytest.raises((Malformed, Truncated)):
        read(b"<html>not packed at all</html>" * 10, name)


def test_what_cannot_be_bounded_is_unsupported() -> None:
    with pytest.raises(Unsupported, match="compress"):
        read(b"xx", "compress")
    with pytest.raises(Unsupported, match="3 layers"):
        read(b"xx", "gzip", "gzip", "gzip")
    with pytest.raises(Malformed, match="64 members"):
        read(gzip.compress(b"") * 65, "gzip")


def test_a_zstd_window_that_would_take_much_memory_is_refused() -> None:
    options = {zstd.CompressionParameter.window_log: 27, zstd.CompressionParameter.content_size_flag: 0}
    packer = zstd.ZstdCompressor(options=options)
    packed = packer.compress(b"x" * 1000) + packer.flush()
    with pytest.raises(Malformed):
        read(packed, "zstd")


def test_no_encoding_is_left_alone() -> None:
    assert read(b"as is") == b"as is"
    assert read(b"as is", "identity", "") == b"as is"
