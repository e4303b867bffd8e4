"""Picture files to upright RGB arrays, refusing what cannot be trusted.

Rules, all of them stated here because a row of the result depends on them:

* Only the formats of `FORMATS` are read, recognised by content and never by suffix.
* Width and height are checked in the header before anything is decoded.
* A file whose pixel data end early is refused as truncated rather than half read.
* Of animations and multi-page files the first frame is taken.
* The EXIF orientation is applied; colour profiles are not.
* Transparent pixels are shown over `BACKGROUND`.
* 16-bit samples are scaled by the range of their type (65535 -> 255), never clipped.
  32-bit integer and float samples have no fixed range and are refused, and so is Lab colour.
"""

from __future__ import annotations

import io
import struct
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, UnidentifiedImageError

from modular_faces.files import UnreadableError

FORMATS = ("JPEG", "PNG", "BMP", "GIF", "WEBP", "TIFF", "PPM")
BACKGROUND = (255, 255, 255)

_SIGNATURES = (
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG", "PNG"),
    (b"BM", "BMP"),
    (b"GIF8", "GIF"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
)
_OTHER_FORMATS = (
    (4, b"ftyphei", "HEIC"),
    (4, b"ftypmif1", "HEIF"),
    (4, b"ftypavif", "AVIF"),
    (0, b"\0\0\0\x0cjP  ", "JPEG 2000"),
    (0, b"\0\0\0\x0cJXL ", "JPEG XL"),
    (0, b"8BPS", "Photoshop"),
)
_WIDE_GREYS = (("I", "PPM"), ("I", "PNG"))
_UNSUPPORTED_MODES = ("I", "F", "LAB")
_ORIENTATION_TAG = 0x0112
_BITS_PER_SAMPLE_TAG = 258
_HEADER_BYTES = 1 << 20
_STRIP_PIXELS = 1 << 22


@dataclass(frozen=True)
class DecodedPicture:
    """One decoded picture.

    Attributes
    ----------
    pixels : (H, W, 3) ndarray of uint8
        RGB, upright, C-contiguous.
    mode : str
        Pillow's mode of the file as stored (``RGB``, ``L``, ``P``, ``CMYK``, ``I;16``, ...).
    format : str
        Pillow's name of the file format.
    n_frames : int
        Frames or pages in the file; `pixels` is the first.
    exif_orientation : int
        1 to 8 as stored in the file; 1 where absent or invalid.
    """

    pixels: np.ndarray
    mode: str
    format: str
    n_frames: int
    exif_orientation: int


def decode_picture(data: bytes, *, max_pixels: int, min_side: int) -> DecodedPicture:
    """Decode the bytes of a picture file.

    Parameters
    ----------
    data : bytes
        The whole file.
    max_pixels : int
        Largest width x height; Pillow's own limit (179 million) holds beyond it.
    min_side : int
        Smallest width and height in pixels.

    Returns
    -------
    DecodedPicture

    Raises
    ------
    UnreadableError
        For every input that gives no picture; nothing else is raised.
    """
    if not data:
        raise UnreadableError("unreadable", "empty file")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return _decode(data, max_pixels, min_side)
        except UnreadableError:
            raise
        except Image.DecompressionBombError:
            raise UnreadableError("too_large", "more pixels than allowed") from None
        except UnidentifiedImageError:
            raise UnreadableError("unreadable", _unidentified_problem(data)) from None
        except MemoryError:
            raise UnreadableError("too_large", "not enough memory") from None
        except Exception as error:
            # Pillow's decoders raise many types on damaged bytes (struct.error, KeyError, ...).
            raise UnreadableError("unreadable", _decoder_problem(error)) from None


def mean_pixels(paths: Iterable[Path]) -> float:
    """Mean width x height of the files whose header can be read, 0 where there is none.

    Only the first mebibyte of each file is read; used to choose the size of shards.
    """
    sizes: list[int] = []
    for path in paths:
        try:
            if not path.is_file():
                continue
            with path.open("rb") as file:
                head = file.read(_HEADER_BYTES)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                width, height = _header_size(head)
        except Exception:
            continue
        sizes.append(width * height)
    return float(np.mean(sizes)) if sizes else 0.0


def _decode(data: bytes, max_pixels: int, min_side: int) -> DecodedPicture:
    if data[:4] == b"RIFF" and int.from_bytes(data[4:8], "little") + 8 > len(data):
        raise UnreadableError("unreadable", "truncated")
    _check_size(_webp_size(data), max_pixels, min_side)
    with Image.open(io.BytesIO(data), formats=FORMATS) as image:
        _check_size(image.size, max_pixels, min_side)
        n_frames = int(getattr(image, "n_frames", 1))
        orientation = _orientation(image) if image.format == "TIFF" else None
        mode, file_format = image.mode, image.format or ""
        bits = _bits_per_sample(image)
        image.load()
        _check_size(image.size, max_pixels, min_side)
        pixels = _to_rgb(image, bits)
        if orientation is None:
            orientation = _orientation(image)
            pixels = _upright(pixels, orientation)
    return DecodedPicture(
        pixels=np.ascontiguousarray(pixels),
        mode=mode,
        format=file_format,
        n_frames=n_frames,
        exif_orientation=orientation,
    )


def _check_size(size: tuple[int, int] | None, max_pixels: int, min_side: int) -> None:
    if size is None:
        return
    width, height = size
    if width * height > max_pixels:
        raise UnreadableError("too_large", f"{width} x {height} pixels")
    if min(width, height) < min_side:
        raise UnreadableError("too_small", f"{width} x {height} pixels")


def _header_size(data: bytes) -> tuple[int, int]:
    size = _webp_size(data)
    if size is None:
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            size = image.size
    return size


def _webp_size(data: bytes) -> tuple[int, int] | None:
    """Canvas of a WebP file; Pillow would allocate it before it could be asked."""
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP" or len(data) < 30:
        return None
    kind = data[12:16]
    if kind == b"VP8X":
        width = int.from_bytes(data[24:27], "little") + 1
        return width, int.from_bytes(data[27:30], "little") + 1
    if kind == b"VP8L":
        packed = int.from_bytes(data[21:25], "little")
        return (packed & 0x3FFF) + 1, (packed >> 14 & 0x3FFF) + 1
    if kind == b"VP8 ":
        width, height = struct.unpack_from("<HH", data, 26)
        return width & 0x3FFF, height & 0x3FFF
    return None


def _to_rgb(image: Image.Image, bits: int) -> np.ndarray:
    """Convert in strips, so that a large picture does not stand in memory four times."""
    sixteen = image.mode.startswith("I;16") or (image.mode, image.format) in _WIDE_GREYS
    if image.mode in _UNSUPPORTED_MODES and not sixteen:
        raise UnreadableError("unreadable", f"pixel type not supported ({image.mode})")
    width, height = image.size
    rows = max(1, _STRIP_PIXELS // width)
    pixels = np.empty((height, width, 3), np.uint8)
    for top in range(0, height, rows):
        bottom = min(top + rows, height)
        strip = image if rows >= height else image.crop((0, top, width, bottom))
        pixels[top:bottom] = _sixteen_to_rgb(strip, bits) if sixteen else _strip_to_rgb(strip)
    return pixels


def _sixteen_to_rgb(strip: Image.Image, bits: int) -> np.ndarray:
    scaled = np.rint(np.arange(2**16) * (255 / (2**bits - 1)))
    pixels: np.ndarray = np.minimum(scaled, 255).astype(np.uint8)[np.asarray(strip)]
    return pixels[..., None]


def _strip_to_rgb(strip: Image.Image) -> np.ndarray:
    if strip.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in strip.info:
        coloured = strip.convert("RGBA")
        strip = Image.new("RGB", strip.size, BACKGROUND)
        strip.paste(coloured, mask=coloured)
    pixels: np.ndarray = np.asarray(strip if strip.mode == "RGB" else strip.convert("RGB"))
    return pixels


def _bits_per_sample(image: Image.Image) -> int:
    tags: Any = getattr(image, "tag_v2", None)
    bits = 16 if tags is None else tags.get(_BITS_PER_SAMPLE_TAG, (16,))[0]
    return int(bits) if bits in (12, 16) else 16


def _orientation(image: Image.Image) -> int:
    try:
        value = image.getexif().get(_ORIENTATION_TAG, 1)
    except Exception:
        # A damaged EXIF block says nothing about the pixels.
        return 1
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def _upright(pixels: np.ndarray, orientation: int) -> np.ndarray:
    if orientation in (5, 6, 7, 8):
        pixels = pixels.transpose(1, 0, 2)
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    return pixels


def _unidentified_problem(data: bytes) -> str:
    for start, name in _SIGNATURES:
        if data.startswith(start):
            return f"damaged {name} header"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "damaged WEBP header"
    for offset, mark, name in _OTHER_FORMATS:
        if data.startswith(mark, offset):
            return f"format not supported ({name})"
    return "not a picture"


def _decoder_problem(error: Exception) -> str:
    text = str(error).lower()
    early = isinstance(error, EOFError) or "truncated" in text or "unexpected end" in text
    return "truncated" if early else "damaged picture data"
