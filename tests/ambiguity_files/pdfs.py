"""PDF files whose revisions and tables of objects lead readers to different objects, each with a harmless twin."""

from __future__ import annotations

import zlib

from tests.fixtures.zip import PROGRAM, TEXT

_CATALOG = b"<</Type/Catalog/Pages 2 0 R>>"
_OPENING = b"<</Type/Catalog/Pages 2 0 R/OpenAction 3 0 R>>"
_PAGES = b"<</Type/Pages/Kids[]/Count 0>>"
_SCRIPT = b"<</S/JavaScript/JS(app.alert\\(1\\))>>"
_AT_ONCE = b"<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS(x)>>>>"
_NAMES = b"<</Type/Catalog/Pages 2 0 R/Names<</EmbeddedFiles<</Names[(anlage.dat) 4 0 R]>>>>>>"
_FILE = b"<</Type/Filespec/F(anlage.dat)/EF<</F 5 0 R>>>>"

Objects = dict[int, bytes]


def stream(content: bytes, entries: bytes = b"") -> bytes:
    return b"<<%s/Length %d>>stream\n%s\nendstream" % (entries, len(content), content)


def attached(content: bytes) -> bytes:
    return stream(content, b"/Type/EmbeddedFile")


def document(objects: Objects, before: bytes = b"%PDF-1.5\n", trailer: bytes = b"") -> bytes:
    """A revision behind what stands before it: objects, table, trailer."""
    previous = before.rpartition(b"startxref\n")[2].partition(b"\n")[0] if b"startxref" in before else b""
    out, offsets = before, {}
    for number, content in objects.items():
        offsets[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = len(out)
    out += b"xref\n0 1\n0000000000 65535 f \n"
    out += b"".join(b"%d 1\n%010d 00000 n \n" % (number, offsets[number]) for number in sorted(offsets))
    back = b"/Prev " + previous if previous else b""
    return out + b"trailer\n<</Root 1 0 R/Size 20%s%s>>\nstartxref\n%d\n%%%%EOF\n" % (back, trailer, table)


def _updated(first: Objects, second: Objects) -> bytes:
    return document(second, document(first))


def _pointed(data: bytes, target: bytes) -> bytes:
    """The table says that object 1 begins where these bytes are."""
    place = data.index(b"\n1 1\n", data.rindex(b"xref\n0 1")) + 5
    return data[:place] + b"%010d" % (data.index(target) + target.index(b"1 0 obj")) + data[place + 10 :]


def _hybrid(*, active: bool) -> bytes:
    """A classic table, and beside it a stream that leads to an object inside of a stream of objects (7.5.8.4)."""
    content = zlib.compress(b"6 0 " + (_SCRIPT if active else b"<</Type/Metadata>>"))
    objects = {
        1: b"<</Type/Catalog/Pages 2 0 R/OpenAction 6 0 R>>" if active else _CATALOG,
        2: _PAGES,
        4: stream(content, b"/Type/ObjStm/N 1/First 4/Filter/FlateDecode"),
        9: stream(b"\x02\0\x04\0", b"/Type/XRef/Size 10/W[1 2 1]/Index[6 1]"),
    }
    return document(objects, trailer=b"/XRefStm %d" % document(objects).index(b"9 0 obj"))


def _rebuilt(catalog: bytes) -> bytes:
    """No table at all: readers look for the headers of objects."""
    return document({1: catalog, 2: _PAGES}).partition(b"xref\n")[0]


_PLAIN = {1: _CATALOG, 2: _PAGES, 3: b"<</Type/Metadata>>"}
_ACTIVE = {1: _OPENING, 2: _PAGES, 3: _SCRIPT}
_INNER = b"1 0 obj\n" + _AT_ONCE + b"\nendobj\n"

CASES = {
    "pdf attachment of an earlier revision": (
        lambda: _updated({1: _NAMES, 2: _PAGES, 4: _FILE, 5: attached(PROGRAM)}, {5: attached(TEXT)}),
        lambda: _updated({1: _NAMES, 2: _PAGES, 4: _FILE, 5: attached(TEXT)}, {5: attached(TEXT * 2)}),
    ),
    "pdf attachment defined twice": (
        lambda: (
            document({1: _NAMES, 2: _PAGES, 4: _FILE}, b"%%PDF-1.5\n5 0 obj\n%s\nendobj\n" % attached(PROGRAM))
            + b"5 0 obj\n"
            + attached(TEXT)
            + b"\nendobj\n"
        ),
        lambda: document({1: _NAMES, 2: _PAGES, 4: _FILE, 5: attached(TEXT)}),
    ),
}

#: Scripts that only some readers reach; the twin holds none.
ACTIVE = {
    "catalogue of an earlier revision": (
        lambda: _updated(_ACTIVE, {1: _CATALOG}),
        lambda: _updated(_PLAIN, {1: _CATALOG}),
    ),
    "action taken back": (lambda: _updated(_ACTIVE, {3: b"null"}), lambda: _updated(_PLAIN, {3: b"null"})),
    "action of a later revision": (lambda: _updated(_PLAIN, _ACTIVE), lambda: _updated(_PLAIN, _PLAIN)),
    "end that leads back": (
        lambda: _updated(_PLAIN, _ACTIVE) + b"startxref\n%d\n%%%%EOF\n" % document(_PLAIN).index(b"xref\n"),
        lambda: _updated(_PLAIN, _PLAIN) + b"startxref\n%d\n%%%%EOF\n" % document(_PLAIN).index(b"xref\n"),
    ),
    "two files in a row": (lambda: document(_ACTIVE) + document(_PLAIN), lambda: document(_PLAIN) + document(_PLAIN)),
    "classic table beside a stream": (lambda: _hybrid(active=True), lambda: _hybrid(active=False)),
    "no table": (lambda: _rebuilt(_AT_ONCE), lambda: _rebuilt(_CATALOG)),
    "table that leads into a stream": (
        lambda: _pointed(document({**_PLAIN, 5: stream(_INNER)}), b"stream\n" + _INNER),
        lambda: document({**_PLAIN, 5: stream(_INNER)}),
    ),
    "table that leads into a text": (
        lambda: _pointed(
            document({**_PLAIN, 5: b"<</Title(1 0 obj <</OpenAction<</S/JavaScript/JS/x>>>> endobj)>>"}), b"(1 0 obj"
        ),
        lambda: document({**_PLAIN, 5: b"<</Title(1 0 obj <</OpenAction<</S/JavaScript/JS/x>>>> endobj)>>"}),
    ),
}
