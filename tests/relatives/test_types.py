"""Types that are identified by structure: objects of certificates, keys in the clear, sound after a tag."""

from __future__ import annotations

import pytest

from attachguard.types.identify import identify
from tests.fixtures import cms


def told(data: bytes, name: str = "") -> list[str]:
    return [kind.id for kind in identify(data, name)]


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (cms.attributes(), "acrt"),
        (cms.question(), "orq"),
        (cms.question(signed=True), "orq"),
        (cms.answer(), "ors"),
        *((data, "derkey") for data in cms.clear_keys().values()),
    ],
)
def test_objects_of_certificates_are_told_by_their_structure(data, kind):
    assert told(data) == [kind]
    assert told(data, "a.bin") == [kind]


@pytest.mark.parametrize(
    "data",
    [
        cms.seq(cms.integer(1), cms.octets(bytes(32)), cms.octets(bytes(32))),
        cms.seq(cms.integer(0), *[cms.integer(1 << 99)] * 3),
        cms.seq(cms.seq(cms.seq(cms.integer(1), cms.octets(bytes(20))))),
        cms.seq(cms.tlv(0x0A, b"\0"), cms.tlv(0xA0, cms.seq(cms.oid("1.2.3"), cms.octets(bytes(80))))),
        cms.question()[:12] + bytes(30),
    ],
)
def test_other_structures_are_none_of_them(data):
    assert not {"acrt", "orq", "ors", "derkey"} & set(told(data))


def test_cut_objects_never_raise():
    for data in (cms.attributes(), cms.question(), cms.answer(), *cms.clear_keys().values()):
        for end in range(len(data)):
            told(data[:end])


def tagged(sound: bytes, size: int = 300, *, foot: bool = False) -> bytes:
    length = bytes(((size >> 21) & 127, (size >> 14) & 127, (size >> 7) & 127, size & 127))
    return b"ID3\x04\0" + (b"\x10" if foot else b"\0") + length + bytes(size + 10 * foot) + sound


FRAME = b"\xff\xf1\x50\x80\x01\x1f\xfc\0"


@pytest.mark.parametrize(
    ("sound", "kind"),
    [
        (b"fLaC\0\0\0\x22" + bytes(40), "flac"),
        (FRAME + FRAME, "aac"),
        (b"MAC \x96\x0f\0\0", "ape"),
        (b"", "mp3"),
        (b"TAG", "mp3"),
    ],
)
@pytest.mark.parametrize("size", [10, 300, 70_000])
def test_sound_behind_a_tag_is_what_stands_there(sound, kind, size):
    assert told(tagged(sound, size)) == [kind]
    assert told(tagged(sound, size, foot=True)) == [kind]


def test_a_book_for_the_ear_is_mpeg_4_sound():
    assert told(b"\0\0\0\x20ftypM4B \0\0\2\0M4B mp42isom" + bytes(20), "buch.m4b") == ["m4a"]
