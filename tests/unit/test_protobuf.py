"""The protocol buffer reader on messages written by hand."""

from __future__ import annotations

import pytest

from modular_faces.protobuf import fields, varints

MESSAGE = bytes(
    [
        *(0x08, 0xAC, 0x02),  # field 1, number 300
        *(0x12, 0x02, 0x68, 0x69),  # field 2, two bytes
        *(0x1D, 0x00, 0x00, 0x80, 0x3F),  # field 3, four bytes
        *(0x21, 1, 2, 3, 4, 5, 6, 7, 8),  # field 4, eight bytes
        *(0x82, 0x01, 0x00),  # field 16, empty
    ]
)


def test_every_kind_of_field_is_read() -> None:
    assert list(fields(MESSAGE)) == [
        (1, 300),
        (2, b"hi"),
        (3, b"\x00\x00\x80\x3f"),
        (4, bytes(range(1, 9))),
        (16, b""),
    ]


def test_an_empty_message_has_no_fields() -> None:
    assert list(fields(b"")) == []


def test_packed_numbers_are_read() -> None:
    assert varints(bytes([0x00, 0x7F, 0x80, 0x01, 0xAC, 0x02])) == [0, 127, 128, 300]


@pytest.mark.parametrize("length", [1, 2, 4, 6, 8, 14, 22, 23])
def test_a_message_cut_short_is_refused(length: int) -> None:
    with pytest.raises(ValueError, match="the protocol buffer is cut short"):
        list(fields(MESSAGE[:length]))


def test_a_packed_array_cut_short_is_refused() -> None:
    with pytest.raises(ValueError, match="the protocol buffer is cut short"):
        varints(bytes([0x01, 0x80]))


@pytest.mark.parametrize("kind", [3, 4, 6, 7])
def test_an_unknown_kind_of_field_is_refused(kind: int) -> None:
    with pytest.raises(ValueError, match=f"unknown wire type {kind}"):
        list(fields(bytes([1 << 3 | kind, 0])))
