"""Bytes of damaged, disguised and unusual picture files, by file name, with their outcome."""

from __future__ import annotations

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from PIL import Image, ImageCms, PngImagePlugin

WIDTH, HEIGHT = 60, 48
_BOMB_SIDE = 20_000
_ORIENTATION = 0x0112
_PROFILE_DATE = slice(24, 36)


def drawing(seed: int) -> Image.Image:
    """Draw a smooth RGB picture of 60 x 48, another for each seed."""
    rng = np.random.default_rng(seed)
    coarse = Image.fromarray(rng.integers(0, 256, (6, 8, 3), dtype=np.uint8))
    return coarse.resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC)


def encoded(picture: Image.Image, form: str, **options: Any) -> bytes:
    """Encode a picture."""
    buffer = io.BytesIO()
    picture.save(buffer, form, **options)
    return buffer.getvalue()


def jpeg(seed: int, **options: Any) -> bytes:
    """Encode a drawing as JPEG."""
    return encoded(drawing(seed), "JPEG", quality=90, **options)


def turned(orientation: int) -> bytes:
    """PNG whose EXIF orientation turns it back into ``drawing(1)``."""
    stored = {
        1: None,
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }[orientation]
    picture = drawing(1) if stored is None else drawing(1).transpose(stored)
    exif = Image.Exif()
    exif[_ORIENTATION] = orientation
    return encoded(picture, "PNG", exif=exif)


def _half(form: str, seed: int, **options: Any) -> Callable[[], bytes]:
    def make() -> bytes:
        whole = encoded(drawing(seed), form, **options)
        return whole[: len(whole) // 2]

    return make


def _sixteen_bit(form: str) -> bytes:
    ramp = np.arange(HEIGHT * WIDTH, dtype=np.uint32).reshape(HEIGHT, WIDTH) * 22
    return encoded(Image.fromarray(ramp.astype(np.uint16)), form)


def _samples(dtype: str) -> bytes:
    return encoded(Image.fromarray(np.ones((HEIGHT, WIDTH), dtype)), "TIFF")


def _faded(mode: str, form: str) -> bytes:
    picture = drawing(31).convert(mode)
    picture.putalpha(Image.linear_gradient("L").resize((WIDTH, HEIGHT)))
    return encoded(picture, form)


def _palette_with_hole() -> bytes:
    return encoded(drawing(32).quantize(16), "PNG", transparency=0)


def _animation(form: str) -> bytes:
    frames = [drawing(seed) for seed in (41, 42, 43)]
    return encoded(frames[0], form, save_all=True, append_images=frames[1:])


def _png_chunk(kind: bytes, content: bytes) -> bytes:
    check = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)


def _png_bomb() -> bytes:
    header = struct.pack(">IIBBBBB", _BOMB_SIDE, _BOMB_SIDE, 8, 2, 0, 0, 0)
    pixels = _png_chunk(b"IDAT", zlib.compress(bytes(1000)))
    return b"\x89PNG\r\n\x1a\n" + _png_chunk(b"IHDR", header) + pixels + _png_chunk(b"IEND", b"")


def _jpeg_bomb() -> bytes:
    data = bytearray(jpeg(51))
    start = data.index(b"\xff\xc0") + 5
    data[start : start + 4] = struct.pack(">HH", _BOMB_SIDE, _BOMB_SIDE)
    return bytes(data)


def _gif_bomb() -> bytes:
    data = bytearray(encoded(drawing(52), "GIF"))
    data[6:10] = struct.pack("<HH", _BOMB_SIDE, _BOMB_SIDE)
    return bytes(data)


def _bmp_bomb() -> bytes:
    data = bytearray(encoded(drawing(53), "BMP"))
    data[18:26] = struct.pack("<ii", _BOMB_SIDE, _BOMB_SIDE)
    return bytes(data)


def _webp_bomb() -> bytes:
    canvas = (16_383).to_bytes(3, "little") * 2
    body = b"WEBPVP8X" + struct.pack("<I", 10) + b"\x02\0\0\0" + canvas + bytes(40)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _text_bomb() -> bytes:
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", "x" * 20_000_000, zip=True)
    return encoded(drawing(54), "PNG", pnginfo=info)


def _zip() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(zipfile.ZipInfo("face.jpg"), jpeg(61))
    return buffer.getvalue()


def _with_profile() -> bytes:
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile[_PROFILE_DATE] = bytes(12)
    return jpeg(71, icc_profile=bytes(profile))


def _oriented(value: int) -> bytes:
    exif = Image.Exif()
    exif[_ORIENTATION] = value
    return jpeg(72, exif=exif)


def _pages() -> bytes:
    return encoded(drawing(73), "TIFF", save_all=True, append_images=[drawing(74).resize((9, 9))])


def _noise() -> bytes:
    return random.Random(75).randbytes(5_000)


_HTML = b"<!DOCTYPE html><html><body>404 Not Found</body></html>"
_HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(100)

ODD_FILES: dict[str, tuple[Callable[[], bytes], str, str]] = {
    "plain.jpg": (lambda: jpeg(1), "good", ""),
    "plain.png": (lambda: encoded(drawing(2), "PNG"), "good", ""),
    "empty.jpg": (lambda: b"", "unreadable", "empty file"),
    "one_byte.jpg": (lambda: b"\xff", "unreadable", "not a picture"),
    "zeros.jpg": (lambda: bytes(4_096), "unreadable", "not a picture"),
    "noise.jpg": (_noise, "unreadable", "not a picture"),
    "text.jpg": (lambda: b"This is no picture.\n", "unreadable", "not a picture"),
    "html.jpg": (lambda: _HTML, "unreadable", "not a picture"),
    "svg.png": (
        lambda: b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        "unreadable",
        "not a picture",
    ),
    "pdf.png": (lambda: b"%PDF-1.7\n", "unreadable", "not a picture"),
    "zip.png": (_zip, "unreadable", "not a picture"),
    "icon.png": (lambda: encoded(drawing(62), "ICO"), "unreadable", "not a picture"),
    "heic.jpg": (lambda: _HEIC, "unreadable", "format not supported (HEIC)"),
    "header_only.jpg": (lambda: jpeg(3)[:20], "unreadable", "damaged JPEG header"),
    "truncated.jpg": (_half("JPEG", 4), "unreadable", "truncated"),
    "truncated_progressive.jpg": (_half("JPEG", 5, progressive=True), "unreadable", "truncated"),
    "end_missing.jpg": (lambda: jpeg(6)[:-2], "unreadable", "truncated"),
    "truncated.png": (_half("PNG", 7), "unreadable", "truncated"),
    "truncated.gif": (_half("GIF", 8), "unreadable", "truncated"),
    "truncated.bmp": (_half("BMP", 9), "unreadable", "truncated"),
    "truncated.webp": (_half("WEBP", 10), "unreadable", "truncated"),
    "truncated.tif": (_half("TIFF", 11), "unreadable", "truncated"),
    "truncated.ppm": (_half("PPM", 12), "unreadable", "truncated"),
    "png_named.jpg": (lambda: encoded(drawing(13), "PNG"), "good", ""),
    "jpeg_named.png": (lambda: jpeg(14), "good", ""),
    "webp_named.jpg": (lambda: encoded(drawing(15), "WEBP"), "good", ""),
    "bomb.png": (_png_bomb, "too_large", "more pixels than allowed"),
    "bomb.jpg": (_jpeg_bomb, "too_large", "more pixels than allowed"),
    "bomb.gif": (_gif_bomb, "too_large", "more pixels than allowed"),
    "bomb.bmp": (_bmp_bomb, "too_large", "more pixels than allowed"),
    "bomb.webp": (_webp_bomb, "too_large", "16384 x 16384 pixels"),
    "text_bomb.png": (_text_bomb, "unreadable", "damaged picture data"),
    "1x1.jpg": (lambda: encoded(Image.new("RGB", (1, 1)), "JPEG"), "too_small", "1 x 1 pixels"),
    "5x5.png": (lambda: encoded(Image.new("RGB", (5, 5)), "PNG"), "too_small", "5 x 5 pixels"),
    "1x1000.png": (
        lambda: encoded(Image.new("RGB", (1, 1000)), "PNG"),
        "too_small",
        "1 x 1000 pixels",
    ),
    "cmyk.jpg": (lambda: encoded(drawing(21).convert("CMYK"), "JPEG"), "good", ""),
    "grey.jpg": (lambda: encoded(drawing(22).convert("L"), "JPEG"), "good", ""),
    "one_bit.png": (lambda: encoded(drawing(23).convert("1"), "PNG"), "good", ""),
    "palette.png": (lambda: encoded(drawing(24).quantize(16), "PNG"), "good", ""),
    "palette_with_hole.png": (_palette_with_hole, "good", ""),
    "rgba.png": (lambda: _faded("RGB", "PNG"), "good", ""),
    "la.png": (lambda: _faded("L", "PNG"), "good", ""),
    "rgba.webp": (lambda: _faded("RGB", "WEBP"), "good", ""),
    "sixteen_bit.png": (lambda: _sixteen_bit("PNG"), "good", ""),
    "sixteen_bit.tif": (lambda: _sixteen_bit("TIFF"), "good", ""),
    "sixteen_bit.pgm": (lambda: _sixteen_bit("PPM"), "good", ""),
    "float.tif": (lambda: _samples("float32"), "unreadable", "pixel type not supported (F)"),
    "integer.tif": (lambda: _samples("int32"), "unreadable", "pixel type not supported (I)"),
    "lab.tif": (
        lambda: encoded(Image.new("LAB", (WIDTH, HEIGHT)), "TIFF"),
        "unreadable",
        "pixel type not supported (LAB)",
    ),
    "animated.gif": (lambda: _animation("GIF"), "good", ""),
    "animated.webp": (lambda: _animation("WEBP"), "good", ""),
    "animated.png": (lambda: _animation("PNG"), "good", ""),
    "pages.tif": (_pages, "good", ""),
    "two_views.jpg": (lambda: _animation("MPO"), "good", ""),
    "lzw.tif": (lambda: encoded(drawing(25), "TIFF", compression="tiff_lzw"), "good", ""),
    "plain.webp": (lambda: encoded(drawing(26), "WEBP"), "good", ""),
    "plain.bmp": (lambda: encoded(drawing(27), "BMP"), "good", ""),
    "progressive.jpg": (lambda: jpeg(28, progressive=True), "good", ""),
    "trailing_garbage.jpg": (lambda: jpeg(29) + b"\0garbage" * 100, "good", ""),
    "colour_profile.jpg": (_with_profile, "good", ""),
    "broken_profile.jpg": (lambda: jpeg(30, icc_profile=b"no profile"), "good", ""),
    "broken_exif.jpg": (lambda: jpeg(33, exif=b"Exif\0\0MM\0*\xff\xff\xff\xff"), "good", ""),
    "orientation_9.jpg": (lambda: _oriented(9), "good", ""),
    **{f"orientation_{value}.png": (partial(turned, value), "good", "") for value in range(1, 9)},
}

LEFT_OUT_FILES: dict[str, Callable[[], bytes]] = {
    "notes.txt": lambda: b"text",
    "no_suffix": lambda: jpeg(81),
    "Thumbs.db": lambda: b"\0",
    "film.mp4": lambda: bytes(32),
    "picture.jpg.part": lambda: jpeg(82),
    "phone.heic": lambda: _HEIC,
}
