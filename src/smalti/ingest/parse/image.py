"""Loose pictures: a post's photo, a chart saved by itself. Decoded once, small, for reading and comparing."""

from __future__ import annotations

import io
import struct
import warnings
from pathlib import PurePosixPath

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from smalti.ingest.parse.contract import Parsed, ParsedDocument, Piece, Request
from smalti.ingest.parse.moments import dated
from smalti.ingest.parse.provenance import provenance
from smalti.ingest.parse.text import web_address
from smalti.platform.errors import Malformed, TooLarge, Unsupported
from smalti.platform.records import DateMethod, EvidenceKind, Locator, SourceKind
from smalti.platform.similarity import image_hash

PARSER = "image"
VERSION = "2"

LONG_SIDE = 1600
"""Pixels of the decoded copy: enough to read a chart's labels, small enough to hold many."""
_FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF")
_EXIF_TURNED = 0x0112  # Orientation


def parse(raw: bytes, request: Request) -> Parsed:
    """One document with one IMAGE piece, and its pixels in `arrays["rgb"]`: uint8, (H, W, 3), upright.

    The payload has the picture's own `width` and `height` (upright, before shrinking), `format`, `animated`,
    `phash` (16 hex digits) and `provenance`, what the file claims of its origin; none of it dates anything.

    Raises:
        TooLarge: the header declares more pixels than `limits.max_pixels`; nothing is decoded.
        Malformed: truncated or broken.
        Unsupported: a format outside PNG, JPEG, GIF, WebP, BMP and TIFF.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow's own size warning: the limit below is the rule
            with Image.open(io.BytesIO(raw), formats=_FORMATS) as picture:
                if picture.width * picture.height > request.limits.max_pixels:
                    raise TooLarge(
                        f"{picture.width} x {picture.height} pixels, over {request.limits.max_pixels}",
                        subject=request.name,
                        mend="send a smaller copy",
                    )
                return _read(raw, picture, request)
    except UnidentifiedImageError:
        mend = f"save it as one of {', '.join(_FORMATS)}"
        raise Unsupported("no picture format smalti reads", subject=request.name, mend=mend) from None
    except Image.DecompressionBombError as bomb:
        raise TooLarge(str(bomb), subject=request.name, mend="send a smaller copy") from None
    except (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, struct.error) as bad:
        # Pillow's decoders raise all of these on broken bytes.
        raise Malformed(
            f"cannot be decoded: {bad}", subject=request.name, mend="fetch it again; it may be cut off"
        ) from None


def _read(raw: bytes, picture: Image.Image, request: Request) -> Parsed:
    form, animated = picture.format or "", bool(getattr(picture, "is_animated", False))
    claims = provenance(raw, picture)
    turned = picture.getexif().get(_EXIF_TURNED, 1) in (5, 6, 7, 8)  # a quarter turn swaps the sides
    width, height = (picture.height, picture.width) if turned else picture.size
    rgb = _pixels(picture)
    payload = {
        "width": width,
        "height": height,
        "format": form,
        "animated": animated,
        "phash": f"{image_hash(rgb):016x}",
        "provenance": claims,
    }
    published, method = dated(request, None, DateMethod.TEXT)
    document = ParsedDocument(
        part="",
        kind=request.kind or SourceKind.SOCIAL,
        title=PurePosixPath(request.name).stem,
        pieces=[Piece(EvidenceKind.IMAGE, Locator(box=(0.0, 0.0, float(width), float(height))), "", payload)],
        published_at=published,
        date_method=method,
        url=web_address(request.hints.get("url")),
    )
    return Parsed([document], arrays={"rgb": rgb})


def _pixels(picture: Image.Image) -> NDArray[np.uint8]:
    """First frame, shrunk, upright, on white; shrunk before its mode is changed, to hold one big copy."""
    small: Image.Image
    picture.draft("RGB", (LONG_SIDE, LONG_SIDE))  # lets a JPEG decode at a fraction of its size
    picture.load()
    if picture.mode == "P":
        small = picture.convert("RGBA" if "transparency" in picture.info else "RGB")
    elif picture.mode.startswith("I"):  # 16 bits a pixel
        small = Image.fromarray((np.asarray(picture) >> 8).clip(0, 255).astype(np.uint8))
    else:
        small = picture
    if max(small.size) > LONG_SIDE:
        scale = LONG_SIDE / max(small.size)
        size = max(1, round(small.width * scale)), max(1, round(small.height * scale))
        filtering = Image.Resampling.BOX if small.mode == "1" else Image.Resampling.BICUBIC
        small = small.resize(size, filtering, reducing_gap=2.0)
    small = ImageOps.exif_transpose(small)
    if "A" in small.getbands():
        small = Image.alpha_composite(Image.new("RGBA", small.size, "white"), small.convert("RGBA"))
    return np.asarray(small.convert("RGB"))
