"""A reader of protocol buffer messages, as much of one as the landmark model needs.

References
----------
Protocol Buffers, "Encoding". https://protobuf.dev/programming-guides/encoding/
"""

from __future__ import annotations

from collections.abc import Iterator

_VARINT, _FIXED64, _LENGTH_DELIMITED, _FIXED32 = 0, 1, 2, 5


def fields(content: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Yield (field number, value) of each field of a message, in order.

    Numbers of variable length come as int, everything else (nested messages, strings, packed
    arrays, floats) as its bytes.

    Raises
    ------
    ValueError
        The message is cut short or holds a kind of field that is no longer in use.
    """
    position = 0
    while position < len(content):
        key, position = _varint(content, position)
        field, kind = key >> 3, key & 7
        if kind == _VARINT:
            number, position = _varint(content, position)
            yield field, number
            continue
        if kind == _LENGTH_DELIMITED:
            size, position = _varint(content, position)
        elif kind in (_FIXED32, _FIXED64):
            size = 4 if kind == _FIXED32 else 8
        else:
            raise ValueError(f"the protocol buffer has an unknown wire type {kind}")
        if position + size > len(content):
            raise ValueError("the protocol buffer is cut short")
        yield field, content[position : position + size]
        position += size


def varints(content: bytes) -> list[int]:
    """Return all integers of a packed array.

    Raises
    ------
    ValueError
        The array is cut short.
    """
    values, position = [], 0
    while position < len(content):
        value, position = _varint(content, position)
        values.append(value)
    return values


def _varint(content: bytes, position: int) -> tuple[int, int]:
    """Decode the base-128 integer at `position`; return it and the position behind it."""
    value = shift = 0
    while position < len(content):
        byte = content[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, position
        shift += 7
    raise ValueError("the protocol buffer is cut short")
