"""An image in another dress has almost the same hashes; another image has not, however alike its layout."""

import itertools
import struct
import zlib
from io import BytesIO

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageOps

from bot.duplicates.image import Image as Detector
from bot.duplicates.image import likeness
from bot.errors import ImageError
from bot.images.hashes import MAX_PIXELS, image_hash
from tests.pictures import DRESS, cropped, drawing, framed, page, photo, recoded, saved, scaled, screenshot

NEAR, CERTAIN = Detector.near, Detector.certain
KINDS = {"photo": photo, "drawing": drawing, "screenshot": screenshot, "page": page}
SURELY_FOUND = [name for name in DRESS if not name.startswith("cropped") and name != "160 pixels"]
SHADE = (90, 120, 200)


def alike(picture: Image.Image, other: Image.Image) -> float:
    return likeness(image_hash(saved(picture)), image_hash(saved(other)))


def png(width: int, height: int, data: bytes) -> bytes:
    """A PNG that claims a size, whatever its data hold."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("dress", SURELY_FOUND)
def test_an_image_is_known_again_in_another_dress(kind, dress):
    picture = KINDS[kind](3)
    assert alike(picture, DRESS[dress](picture)) >= NEAR


@pytest.mark.parametrize("quality", [30, 60, 95])
def test_a_recompressed_photo_is_certain(quality):
    assert alike(photo(4), recoded(photo(4), quality=quality)) >= CERTAIN


@pytest.mark.parametrize("factor", [0.5, 0.75, 1.5, 2])
def test_a_resized_photo_is_certain(factor):
    assert alike(photo(5), scaled(photo(5), factor)) >= CERTAIN


def test_a_photo_that_lost_a_little_on_each_side_is_still_known():
    assert alike(photo(6), cropped(photo(6), 0.02)) >= NEAR


@pytest.mark.parametrize("kind", KINDS)
def test_different_images_of_a_kind_are_not_confused(kind):
    hashes = [image_hash(saved(KINDS[kind](seed))) for seed in range(12)]
    assert max(likeness(one, other) for one, other in itertools.combinations(hashes, 2)) < NEAR


def test_different_words_in_the_same_window_are_not_confused_in_any_dress():
    hashes = [image_hash(saved(recoded(screenshot(seed, layout=2), quality=30))) for seed in range(12)]
    assert max(likeness(one, other) for one, other in itertools.combinations(hashes, 2)) < NEAR


@pytest.mark.parametrize("colour", ["white", "black", SHADE])
def test_a_plain_image_has_no_hashes_so_that_it_matches_nothing(colour):
    assert image_hash(saved(Image.new("RGB", (300, 200), colour))) is None
    assert image_hash(saved(recoded(Image.new("RGB", (300, 200), colour), quality=30))) is None


def test_an_image_of_one_pixel_has_no_hashes():
    assert image_hash(saved(Image.new("RGB", (1, 1), "red"))) is None


def test_a_frame_in_a_frame_is_cut_off():
    assert alike(photo(7), framed(framed(photo(7), "white"), "black")) >= CERTAIN


def test_a_small_drawing_on_a_large_page_keeps_its_page():
    left, right = Image.new("RGB", (600, 600), "white"), Image.new("RGB", (600, 600), "white")
    ImageDraw.Draw(left).ellipse([40, 40, 140, 140], "black")
    ImageDraw.Draw(right).ellipse([440, 440, 540, 540], "black")
    assert alike(left, right) < NEAR


def test_a_line_on_a_blank_page_is_known_by_its_bytes_alone():
    line = Image.new("RGB", (600, 600), "white")
    ImageDraw.Draw(line).line([(100, 300), (160, 300)], "black", 12)
    assert alike(line, line) == 1.0
    assert alike(line, recoded(line)) < NEAR


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_an_animation_is_known_by_its_first_frame(kind):
    frames = [photo(seed, (240, 180)) for seed in (8, 9)]
    animation = saved(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)
    assert likeness(image_hash(animation), image_hash(saved(frames[0]))) >= CERTAIN
    assert likeness(image_hash(animation), image_hash(saved(frames[1]))) < NEAR


def test_transparent_parts_are_white_whatever_colour_they_hide():
    shape = photo(10).convert("RGBA")
    shape.paste((255, 0, 0, 0), (0, 0, 200, 200))
    other = shape.copy()
    other.paste((0, 0, 255, 0), (0, 0, 200, 200))
    white = photo(10)
    white.paste("white", (0, 0, 200, 200))
    assert alike(shape, other) >= CERTAIN
    assert alike(shape, white) >= CERTAIN


def test_an_image_with_a_transparent_palette_colour_is_read():
    palette = drawing(3).quantize(16)
    palette.info["transparency"] = palette.getpixel((0, 0))
    assert image_hash(saved(palette)) is not None


def test_a_photo_that_lies_on_its_side_by_its_own_account_is_set_upright():
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by 90 degrees
    lying = saved(photo(11).rotate(90, expand=True), "JPEG", exif=exif, quality=90)
    assert likeness(image_hash(lying), image_hash(saved(photo(11)))) >= CERTAIN


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK"])
def test_a_photo_is_known_again_in_every_way_to_write_colours(mode):
    picture = saved(photo(12).convert(mode), "JPEG" if mode == "CMYK" else "PNG")
    assert likeness(image_hash(picture), image_hash(saved(photo(12)))) >= NEAR


def test_a_photo_of_16_bits_is_known_again():
    deep = Image.fromarray(np.asarray(ImageOps.grayscale(photo(12))).astype(np.uint16) * 257)
    assert likeness(image_hash(saved(deep)), image_hash(saved(photo(12)))) >= CERTAIN


def test_a_broken_note_of_the_camera_does_not_hide_a_photo():
    noted = saved(photo(12), "JPEG", exif=b"Exif\0\0" + b"\xff" * 3000, quality=90)
    assert likeness(image_hash(noted), image_hash(saved(photo(12)))) >= CERTAIN


def test_a_large_photo_is_decoded_small_and_known_again():
    large = scaled(photo(13), 8)
    assert likeness(image_hash(saved(large, "JPEG", quality=85)), image_hash(saved(photo(13)))) >= CERTAIN


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"<svg/>", saved(photo(1), "BMP"), saved(photo(1), "TIFF")])
def test_what_is_no_image_of_the_web_is_refused(data):
    with pytest.raises(ImageError, match="cannot be decoded"):
        image_hash(data)


def test_a_cut_off_image_is_refused():
    data = saved(photo(1))
    with pytest.raises(ImageError, match="cannot be decoded"):
        image_hash(data[: len(data) // 2])


@pytest.mark.parametrize(
    ("side", "refusal"), [(int(MAX_PIXELS**0.5) + 1, "more than"), (9_500, "DecompressionBomb"), (30_000, "Bomb")]
)
def test_a_decompression_bomb_is_refused_by_the_size_that_it_claims(side, refusal):
    with pytest.raises(ImageError, match=refusal):
        image_hash(png(side, side, bytes(100)))


def test_a_photo_that_is_to_be_gone_over_thousands_of_times_is_refused():
    data = saved(photo(1), "JPEG", progressive=True)
    last = data[data.rindex(b"\xff\xda") : -2]
    with pytest.raises(ImageError, match="scans"):
        image_hash(data[:-2] + 5_000 * last + data[-2:])


def test_what_a_phone_appends_to_a_photo_is_no_part_of_it():
    data = saved(photo(1), "JPEG", progressive=True)
    assert likeness(image_hash(data + 5_000 * b"\xff\xda of a film"), image_hash(data)) == 1


def test_a_bomb_of_text_beside_the_pixels_is_refused():
    file = BytesIO(saved(Image.new("L", (2, 2))))
    text = b"note\0\0" + zlib.compress(bytes(80 << 20))
    data = file.getvalue()
    chunk = struct.pack(">I", len(text)) + b"zTXt" + text + struct.pack(">I", zlib.crc32(b"zTXt" + text))
    with pytest.raises(ImageError, match="cannot be decoded"):
        image_hash(data[:33] + chunk + data[33:])
