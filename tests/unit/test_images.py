"""Decoding: exact pixels of every mode, and nothing but UnreadableError for any bytes."""

import io
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from modular_faces.files import UnreadableError, largest_file, read_file
from modular_faces.images import DecodedPicture, decode_picture, mean_pixels

RNG = np.random.default_rng(0)
PIXELS = RNG.integers(0, 256, (20, 30, 3), dtype=np.uint8)
SMOOTH = Image.fromarray(RNG.integers(0, 256, (4, 6, 3), dtype=np.uint8)).resize((30, 20))


def encoded(picture: Image.Image, form: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, form, **options)
    return buffer.getvalue()


def decoded(data: bytes, *, max_pixels: int = 10_000, min_side: int = 1) -> DecodedPicture:
    return decode_picture(data, max_pixels=max_pixels, min_side=min_side)


def array_png(values: Any, mode: str) -> bytes:
    return encoded(Image.fromarray(np.array(values, dtype=np.uint8), mode), "PNG")


@pytest.mark.parametrize("form", ["PNG", "BMP", "TIFF", "PPM"])
def test_lossless_formats_give_the_pixels(form: str) -> None:
    picture = decoded(encoded(Image.fromarray(PIXELS), form))
    np.testing.assert_array_equal(picture.pixels, PIXELS)
    assert picture.pixels.flags.c_contiguous
    assert (picture.mode, picture.format, picture.n_frames) == ("RGB", form, 1)
    assert picture.exif_orientation == 1


def test_grey_fills_three_channels() -> None:
    picture = decoded(encoded(Image.fromarray(PIXELS[..., 0]), "PNG"))
    np.testing.assert_array_equal(picture.pixels, np.repeat(PIXELS[..., :1], 3, axis=2))
    assert picture.mode == "L"


@pytest.mark.parametrize("form", ["PNG", "TIFF", "PPM"])
def test_sixteen_bits_are_scaled_by_their_range(form: str) -> None:
    samples = np.array([[0, 128, 129, 257, 32768, 65535]], dtype=np.uint16)
    picture = decoded(encoded(Image.fromarray(samples), form))
    assert picture.pixels[0, :, 0].tolist() == [0, 0, 1, 1, 128, 255]


def test_one_bit_is_black_and_white() -> None:
    picture = decoded(encoded(Image.fromarray(np.array([[True, False]])), "PNG"))
    assert picture.pixels.tolist() == [[[255] * 3, [0] * 3]]
    assert picture.mode == "1"


def test_transparency_shows_white() -> None:
    rgba = Image.fromarray(
        np.array([[[10, 20, 30, 255], [10, 20, 30, 0], [0, 0, 0, 51]]], dtype=np.uint8)
    )
    assert decoded(encoded(rgba, "PNG")).pixels.tolist() == [[[10, 20, 30], [255] * 3, [204] * 3]]
    la = Image.fromarray(np.array([[[7, 255], [7, 0]]], dtype=np.uint8))
    assert decoded(encoded(la, "PNG")).pixels.tolist() == [[[7] * 3, [255] * 3]]


def test_transparent_palette_entry_shows_white() -> None:
    palette = Image.new("P", (2, 1))
    palette.putpalette([1, 2, 3, 40, 50, 60])
    palette.putdata([0, 1])
    assert decoded(encoded(palette, "PNG")).pixels.tolist() == [[[1, 2, 3], [40, 50, 60]]]
    assert decoded(encoded(palette, "PNG", transparency=0)).pixels.tolist() == [
        [[255] * 3, [40, 50, 60]]
    ]


def test_cmyk_is_converted() -> None:
    ink = Image.new("CMYK", (16, 16), (255, 0, 0, 0))
    picture = decoded(encoded(ink, "JPEG", quality=100))
    assert picture.mode == "CMYK"
    np.testing.assert_allclose(picture.pixels[8, 8], [0, 255, 255], atol=3)


@pytest.mark.parametrize(
    ("orientation", "expected"),
    [
        (1, [[1, 2, 3], [4, 5, 6]]),
        (2, [[3, 2, 1], [6, 5, 4]]),
        (3, [[6, 5, 4], [3, 2, 1]]),
        (4, [[4, 5, 6], [1, 2, 3]]),
        (5, [[1, 4], [2, 5], [3, 6]]),
        (6, [[4, 1], [5, 2], [6, 3]]),
        (7, [[6, 3], [5, 2], [4, 1]]),
        (8, [[3, 6], [2, 5], [1, 4]]),
    ],
)
@pytest.mark.parametrize("form", ["PNG", "TIFF"])
def test_exif_orientation_is_applied_once(
    form: str, orientation: int, expected: list[list[int]]
) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = Image.fromarray(np.array([[1, 2, 3], [4, 5, 6]], dtype=np.uint8))
    picture = decoded(encoded(stored, form, exif=exif))
    assert picture.pixels[..., 0].tolist() == expected
    assert picture.exif_orientation == orientation


@pytest.mark.parametrize("form", ["GIF", "WEBP", "PNG", "TIFF"])
def test_of_several_frames_the_first_is_taken(form: str) -> None:
    frames = [Image.new("RGB", (16, 16), colour) for colour in ("black", "white", "red")]
    data = encoded(frames[0], form, save_all=True, append_images=frames[1:])
    picture = decoded(data)
    assert picture.n_frames == 3
    assert not picture.pixels.any()


def test_size_is_checked_in_the_header() -> None:
    data = encoded(Image.fromarray(PIXELS), "PNG")
    header_alone = data[:60]
    assert decoded(data, max_pixels=600, min_side=20).pixels.shape == (20, 30, 3)
    with pytest.raises(UnreadableError, match="too_large: 30 x 20 pixels"):
        decoded(header_alone, max_pixels=599)
    with pytest.raises(UnreadableError, match="too_small: 30 x 20 pixels"):
        decoded(header_alone, min_side=21)


@pytest.mark.parametrize("lossless", [True, False])
def test_webp_size_is_read_before_its_canvas_is_made(lossless: bool) -> None:
    data = encoded(Image.fromarray(PIXELS), "WEBP", lossless=lossless)
    with pytest.raises(UnreadableError, match="too_small: 30 x 20 pixels"):
        decoded(data, min_side=21)
    animated = encoded(
        SMOOTH, "WEBP", save_all=True, append_images=[SMOOTH.rotate(180)], lossless=lossless
    )
    with pytest.raises(UnreadableError, match="too_large: 30 x 20 pixels"):
        decoded(animated, max_pixels=599)


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "empty file"),
        (b"hello", "not a picture"),
        (b"\xff\xd8\xff\xe0", "damaged JPEG header"),
        (b"RIFF\x08\0\0\0WEBPxxxx", "damaged WEBP header"),
        (b"RIFF\xff\0\0\0WEBPVP8 ", "truncated"),
        (b"\0\0\0\x1cftypavif", r"format not supported \(AVIF\)"),
        (encoded(Image.fromarray(PIXELS), "PNG")[:-100], "truncated"),
        (
            encoded(Image.fromarray(np.ones((9, 9), np.float32)), "TIFF"),
            r"type not supported \(F\)",
        ),
        (encoded(Image.new("LAB", (9, 9)), "TIFF"), r"pixel type not supported \(LAB\)"),
        (encoded(Image.fromarray(PIXELS), "ICO"), "not a picture"),
    ],
)
def test_refusals(data: bytes, problem: str) -> None:
    with pytest.raises(UnreadableError, match=f"^unreadable: .*{problem}$") as error:
        decoded(data)
    assert error.value.reason == "unreadable"


FUZZED = {
    "jpeg": encoded(SMOOTH, "JPEG"),
    "progressive": encoded(SMOOTH, "JPEG", progressive=True, exif=b"Exif\0\0II*\0\x08\0\0\0\0\0"),
    "cmyk": encoded(SMOOTH.convert("CMYK"), "JPEG"),
    "png": encoded(SMOOTH, "PNG"),
    "palette": encoded(SMOOTH.quantize(8), "PNG", transparency=1),
    "apng": encoded(SMOOTH, "PNG", save_all=True, append_images=[SMOOTH.rotate(90)]),
    "gif": encoded(SMOOTH, "GIF", save_all=True, append_images=[SMOOTH.rotate(90)]),
    "webp": encoded(SMOOTH, "WEBP"),
    "animated webp": encoded(SMOOTH, "WEBP", save_all=True, append_images=[SMOOTH.rotate(90)]),
    "tiff": encoded(SMOOTH, "TIFF"),
    "deflated tiff": encoded(SMOOTH, "TIFF", compression="tiff_adobe_deflate"),
    "bmp": encoded(SMOOTH, "BMP"),
    "ppm": encoded(SMOOTH, "PPM"),
}


@pytest.mark.parametrize("name", FUZZED)
def test_corrupted_bytes_raise_nothing_else(
    name: str, capfd: pytest.CaptureFixture[str], recwarn: pytest.WarningsRecorder
) -> None:
    generator = random.Random(name)
    outcomes = set()
    for _ in range(250):
        data = bytearray(FUZZED[name])
        reach = generator.choice((40, 200, len(data)))
        for _ in range(generator.choice((1, 4, 30))):
            data[generator.randrange(min(reach, len(data)))] = generator.randrange(256)
        try:
            picture = decoded(bytes(data[: generator.choice((len(data), len(data) // 2))]))
        except UnreadableError as error:
            outcomes.add(error.reason)
        else:
            outcomes.add("good")
            assert picture.pixels.dtype == np.uint8
            assert picture.pixels.shape[2] == 3
    assert outcomes >= {"good", "unreadable"}
    assert len(recwarn) == 0
    assert capfd.readouterr().out == ""


def test_random_bytes_raise_nothing_else() -> None:
    generator = random.Random(1)
    starts = [data[:12] for data in FUZZED.values()]
    for _ in range(300):
        data = generator.choice(starts) + generator.randbytes(200)
        with pytest.raises(UnreadableError):
            decoded(data)


def test_read_file(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"12345")
    assert read_file(file, max_bytes=5) == b"12345"
    with pytest.raises(UnreadableError, match="too_large: file of 5 bytes"):
        read_file(file, max_bytes=4)
    with pytest.raises(UnreadableError, match="unreadable: no such file"):
        read_file(tmp_path / "b", max_bytes=5)
    with pytest.raises(UnreadableError, match="unreadable: not a regular file"):
        read_file(tmp_path, max_bytes=5)
    (tmp_path / "c").symlink_to(tmp_path / "b")
    with pytest.raises(UnreadableError, match="unreadable: dangling link"):
        read_file(tmp_path / "c", max_bytes=5)


def test_file_that_grows_behind_its_size() -> None:
    with pytest.raises(UnreadableError, match="too_large: file of more than 2 bytes"):
        read_file(Path("/proc/self/status"), max_bytes=2)


def test_largest_file() -> None:
    assert largest_file(10) == 80 + 2**20


def test_mean_pixels_of_what_can_be_read(tmp_path: Path) -> None:
    Image.new("RGB", (10, 20)).save(tmp_path / "a.png")
    Image.new("RGB", (10, 40)).save(tmp_path / "b.webp")
    (tmp_path / "c.jpg").write_bytes(b"no")
    paths = [tmp_path / name for name in ("a.png", "b.webp", "c.jpg", "none.jpg")]
    assert mean_pixels(paths) == 300.0
    assert mean_pixels([tmp_path / "c.jpg", tmp_path]) == 0.0
