import io
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from smalti.ingest.parse.contract import Limits, Parsed, Request
from smalti.ingest.parse.image import parse
from smalti.platform.errors import Malformed, TooLarge, Unsupported
from smalti.platform.records import EvidenceKind
from smalti.platform.similarity import distance

DATA = Path(os.environ.get("SMALTI_DATA", Path(__file__).parents[4] / "shared/data")) / "sample/social"


def saved(picture: Image.Image, form: str, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, form, **options)
    return out.getvalue()


def read(raw: bytes, name: str = "social/p.png", max_pixels: int = 100_000_000) -> Parsed:
    return parse(raw, Request(name, limits=Limits(max_pixels=max_pixels)))


def halves(width: int = 40, height: int = 20) -> Image.Image:
    """Left half red, right half blue."""
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[:, : width // 2, 0] = 255
    pixels[:, width // 2 :, 2] = 255
    return Image.fromarray(pixels)


def test_a_picture_is_one_image_piece_and_its_pixels() -> None:
    parsed = read(saved(halves(), "PNG"))
    (piece,) = parsed.documents[0].pieces
    assert piece.kind is EvidenceKind.IMAGE
    assert (piece.payload["width"], piece.payload["height"], piece.payload["format"]) == (40, 20, "PNG")
    assert piece.locator.box == (0, 0, 40, 20)
    rgb = parsed.arrays["rgb"]
    assert (rgb.shape, rgb.dtype) == ((20, 40, 3), np.uint8)
    assert rgb[10, 5].tolist() == [255, 0, 0]
    assert rgb[10, 35].tolist() == [0, 0, 255]


def test_a_turned_photo_is_set_upright_and_its_own_date_is_not_believed() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned a quarter clockwise
    exif.get_ifd(0x8769)[0x9003] = "2010:01:01 00:00:00"
    parsed = read(saved(halves(4000, 2000), "JPEG", exif=exif), "p.jpg")
    document = parsed.documents[0]
    assert (document.pieces[0].payload["width"], document.pieces[0].payload["height"]) == (2000, 4000)
    assert parsed.arrays["rgb"].shape == (1600, 800, 3)
    assert parsed.arrays["rgb"][100, 400, 0] > 240  # what was left is on top
    assert document.published_at is None


def test_a_big_picture_is_shrunk_to_1600_pixels() -> None:
    assert read(saved(halves(3200, 400), "PNG")).arrays["rgb"].shape == (200, 1600, 3)


def test_transparency_becomes_white() -> None:
    for mode in ("RGBA", "LA"):
        rgb = read(saved(Image.new(mode, (8, 8)), "PNG")).arrays["rgb"]
        assert rgb.min() == 255
    palette = Image.new("P", (8, 8))
    palette.info["transparency"] = 0
    assert read(saved(palette, "PNG", transparency=0)).arrays["rgb"].min() == 255


def test_sixteen_bit_grey_keeps_its_shades() -> None:
    grey = Image.fromarray(np.full((8, 8), 0x8000, np.uint16))
    assert read(saved(grey, "PNG")).arrays["rgb"][4, 4].tolist() == [128, 128, 128]


def test_of_an_animation_the_first_frame_is_read() -> None:
    frames = [Image.new("RGB", (16, 16), colour) for colour in ("red", "blue")]
    parsed = read(saved(frames[0], "GIF", save_all=True, append_images=frames[1:]), "p.gif")
    assert parsed.arrays["rgb"][8, 8].tolist() == [255, 0, 0]
    assert parsed.documents[0].pieces[0].payload["animated"] is True


def test_the_same_photo_recompressed_has_nearly_the_same_hash() -> None:
    small = np.random.default_rng(7).integers(0, 256, (9, 12, 3), dtype=np.uint8)
    photo = Image.fromarray(small).resize((640, 480), Image.Resampling.BICUBIC)
    hashes = [
        int(read(saved(picture, "JPEG", quality=quality)).documents[0].pieces[0].payload["phash"], 16)
        for picture, quality in ((photo, 95), (photo.resize((320, 240)), 30))
    ]
    assert distance(*hashes) <= 6


def test_a_cut_off_picture_is_malformed() -> None:
    raw = saved(
        Image.fromarray(np.random.default_rng(1).integers(0, 256, (64, 64, 3), dtype=np.uint8)), "PNG"
    )
    with pytest.raises(Malformed, match="truncated"):
        read(raw[: len(raw) // 2])
    with pytest.raises(Malformed):
        read(raw[:20])


def test_the_pixel_limit_is_read_from_the_header() -> None:
    with pytest.raises(TooLarge, match="40 x 20"):
        read(saved(halves(), "PNG"), max_pixels=799)


def test_a_format_outside_the_list_is_unsupported() -> None:
    with pytest.raises(Unsupported):
        read(saved(halves(), "TGA"), "p.tga")


@pytest.mark.data
def test_every_picture_of_the_sample_is_read() -> None:
    if not DATA.is_dir():
        pytest.skip(f"no {DATA}: set SMALTI_DATA to the folder of real data")
    hashes = {}
    for path in sorted([*DATA.glob("*.jpg"), *DATA.glob("*.png")]):
        parsed = read(path.read_bytes(), path.name)
        assert max(parsed.arrays["rgb"].shape) <= 1600
        hashes[path.stem] = int(parsed.documents[0].pieces[0].payload["phash"], 16)
    assert len(hashes) == 57
