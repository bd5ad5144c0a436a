"""Compound files that two readers read differently, each with a harmless twin."""

from __future__ import annotations

import struct

from tests.ambiguity_files.others import rar
from tests.fixtures.cfb import build
from tests.fixtures.vba import HARMLESS, MACRO, project
from tests.fixtures.zip import PROGRAM, TEXT

_WORD = {"WordDocument": b"\xec\xa5\xc1\x00" + bytes(1000), "1Table": bytes(4096)}
_ENTRY = 128
_PROGRAM = PROGRAM.ljust(600, b"\x90")


def _place(data: bytes, name: str) -> int:
    """Where the directory entry of a stream is."""
    return data.index(name.encode("utf-16-le").ljust(64, b"\0"))


def _with(data: bytes, place: int, value: bytes) -> bytes:
    return data[:place] + value + data[place + len(value) :]


def _renamed(data: bytes, name: str, other: str) -> bytes:
    raw = other.encode("utf-16-le")
    return _with(data, _place(data, name), raw.ljust(64, b"\0") + struct.pack("<H", len(raw) + 2))


def _double(content: bytes, *, hidden: bool) -> bytes:
    """Two streams of one name: no name is shorter than the other, so both keep their places in the tree."""
    data = build({**_WORD, "Daten1": TEXT[:500], "Daten2": content})
    return _renamed(data, "Daten2", "Daten1") if hidden else data


def _outside(streams: dict[str, bytes]) -> bytes:
    """Streams that no storage leads to: the tree of the root has lost its half of them."""
    data = build({**_WORD, **streams})
    for name in streams:
        data = _cut_off(data, name.rpartition("/")[2])
    return data


def _cut_off(data: bytes, name: str) -> bytes:
    """Every link to the entry of this name is taken out; what hung below it is lost as well."""
    start = _place(data, "Root Entry")
    number = (_place(data, name) - start) // _ENTRY
    out = bytearray(data)
    for place in range(start, len(data) - _ENTRY + 1, _ENTRY):
        if data[place + 66] not in (1, 2, 5):
            break
        for link in (68, 72, 76):
            if int.from_bytes(out[place + link : place + link + 4], "little") == number:
                out[place + link : place + link + 4] = b"\xff\xff\xff\xff"
    return bytes(out)


def _unused(content: bytes) -> bytes:
    """The file grows by sectors that its table knows as free."""
    data = build(_WORD)
    return data + content.ljust(-(-len(content) // 512) * 512, b"\0")


def _cutoff(value: int) -> bytes:
    """A stream that is a text in the mini stream and a program in the sectors, by the size from which on it is said to be there."""
    data = build({**_WORD, "Programm": _PROGRAM.ljust(4096, b"\0"), "Daten": TEXT[:600]})
    place, whole = _place(data, "Daten"), _place(data, "Programm")
    data = _with(data, place + 116, data[whole + 116 : whole + 120])
    return _with(data, 56, struct.pack("<I", value))


CASES = {
    "doc two streams of one name": (lambda: _double(_PROGRAM, hidden=True), lambda: _double(TEXT[:400], hidden=False)),
    "doc stream outside of the tree": (lambda: _outside({"Daten": _PROGRAM}), lambda: _outside({"Daten": TEXT[:300]})),
    "doc program in unused sectors": (lambda: _unused(_PROGRAM), lambda: _unused(TEXT)),
    "doc archive behind the last sector": (
        lambda: build(_WORD) + rar(_PROGRAM),
        lambda: build(_WORD) + bytes(700),
    ),
    "doc document in unused sectors": (
        lambda: _unused(build({"x": _PROGRAM})),
        lambda: _unused(bytes(2000)),
    ),
    "doc other size from which on streams are large": (
        lambda: _cutoff(128),
        lambda: build({**_WORD, "Daten": TEXT[:600]}),
    ),
}

#: The same with macros.
MACROS = {
    "doc macros outside of the tree": (
        lambda: _outside(
            {path.partition("/")[2]: content for path, content in project({"Module1": MACRO}).items() if "/" in path}
        ),
        lambda: build({**_WORD, **project({"Module1": HARMLESS}, above="Macros/")}),
    ),
    "doc macros in unused sectors": (
        lambda: _unused(project({"Module1": MACRO})["VBA/Module1"]),
        lambda: _unused(project({"Module1": HARMLESS})["VBA/Module1"]),
    ),
}
