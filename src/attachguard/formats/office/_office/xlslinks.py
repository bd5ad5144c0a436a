r"""What the sheets of a binary workbook refer to: hyperlinks, linked ranges, sources of queries, links made by formulas.

A sheet's records are walked for hyperlinks (HLINK), the file of a consolidated range (DCONREF) and the strings of queries and published pages
(SXSTRING, EXTSTRING, WEBPUB); the function HYPERLINK is found by its number after its text.

References: [MS-XLS] 2.4.140 (HLink), 2.4.86 (DConRef), 2.4.283 (SXString), 2.4.108 (ExtString), 2.4.339 (WebPub), 2.5.198.89 (PtgStr) and 2.5.198.63
(PtgFuncVar); [MS-XLSB] 2.5.97.93 (PtgStr).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from attachguard._core.biff import records
from attachguard._core.needles import holds_any
from attachguard.later import later
from attachguard.limits import Budget
from attachguard.readers.compound import hyperlink
from attachguard.readers.references import USES, found_in, kind_of

_DCONREF: Final = 0x0051
_SXSTRING: Final = 0x00CD
_HLINK: Final = 0x01B8
_WEBPUB: Final = 0x0801
_EXTSTRING: Final = 0x0804
_WANTED: Final = bytes(number in (_DCONREF, _SXSTRING, _HLINK, _WEBPUB, _EXTSTRING) for number in range(_EXTSTRING + 1))
#: Records of one sheet that are looked at.
_MOST: Final = 70_000
#: Text in a record, in one byte a letter or in two.
_NARROW: Final = later(rb"[\x20-\x7e\xa0-\xff]{6,2000}")
_WIDE: Final = later(rb"(?:[\x20-\x7e]\0){6,2000}")
#: The function HYPERLINK with one or two arguments, in each class of its result.
_CALLS: Final = tuple(bytes((result, count, 0x67, 1)) for result in (0x22, 0x42, 0x62) for count in (1, 2))
_FUNCTION: Final = later(b"|".join(map(re.escape, _CALLS)))
#: The strings of a formula: a token, the count of letters, in a workbook of Excel 97 whether they are wide.
_STRING: Final = later(rb"\x17([^\0])(\0[\x20-\xff]{3,255}|\x01(?:[\x20-\xff]\0){3,255})", re.DOTALL)
_WIDE_STRING: Final = later(rb"\x17([^\0])\0((?:[\x20-\xff]\0){3,255})", re.DOTALL)
_BEFORE: Final = 1_500
_MOST_FORMULAS: Final = 5_000
#: What a text has in it that leads to more than a page, in either width.
_LEADING: Final = tuple(
    form
    for word in (b"\\\\", b"file:", b"FILE:", b"ms-", b"search:", b"smb:", b"dav", b"script:", b"shell:")
    for form in (word, bytes(octet for letter in word for octet in (letter, 0)))
)
_RANGE: Final = USES["workbook"]._replace(anywhere=False)


def sheet_links(stream: bytes, start: int, end: int, budget: Budget) -> Iterator[tuple[str, str]]:
    """Kind and detail of each reference of a sheet that is worth saying.

    Args:
        stream: the workbook stream.
        start: where the sheet begins in it.
        end: where the next one begins.
        budget: of the message.

    Raises:
        LimitExceeded: the message has more links than are looked at.
    """
    for number, place, length in records(memoryview(stream)[:end], start, _WANTED, _MOST):
        content = stream[place : place + length]
        if number == _HLINK:
            budget.look("links in sheets")
            if content[8:24] == hyperlink.CLASS:
                yield from _said("link", hyperlink.target(content[24:]), "hyperlink")
        elif number == _DCONREF:
            count = int.from_bytes(content[6:8], "little")
            path = _text(content[9 : 9 + 2 * count], wide=bool(content[8:9] == b"\1"))[:count]
            if path.startswith("\x01"):
                target = readable_path(path)
                kind = kind_of(_RANGE, target)
                if kind:
                    yield kind, f"linked range: {target}"
        else:
            yield from _query(content)


def readable_path(path: str) -> str:
    """A virtual path ([MS-XLS] 2.5.277) as people write it: `0x01 @` begins a host, 0x03 parts folders, 0x05 an address with its length."""
    target = path[1:].replace("\x01@", "\\\\", 1).replace("\x03", "\\")
    return target[2:] if target.startswith("\x05") else target


def formula_links(data: bytes, *, binary_package: bool = False) -> Iterator[tuple[str, str]]:
    """What HYPERLINK in formulas leads to.

    Args:
        data: the workbook stream, or a sheet of a binary package.
        binary_package: whether it is the latter, whose strings are always wide.
    """
    for address, _start, _end in formula_addresses(data, binary_package=binary_package):
        yield from _said("link", address, "function HYPERLINK")


def formula_addresses(data: bytes, *, binary_package: bool = False) -> Iterator[tuple[str, int, int]]:
    """The texts in front of HYPERLINK, and the bytes that they are."""
    if not holds_any(data, _CALLS) or not holds_any(data, _LEADING):
        return
    behind = 0
    for number, function in enumerate(_FUNCTION.finditer(data)):
        if number >= _MOST_FORMULAS:
            return
        pattern = _WIDE_STRING if binary_package else _STRING
        for text in pattern.finditer(data, max(behind, function.start() - _BEFORE), function.start()):
            wide = binary_package or text[2][:1] == b"\1"
            start = text.start(2) + (0 if binary_package else 1)
            end = min(text.end(2), start + text[1][0] * (2 if wide else 1))
            yield _text(data[start:end], wide=wide), start, end
        behind = function.end()


def record_addresses(number: int, content: bytes) -> Iterator[tuple[str, str, int, int]]:
    """What a record of a query or of a consolidated range refers to: kind, address, and the bytes that it is."""
    if number == _DCONREF:
        wide = bool(content[8:9] == b"\1")
        end = 9 + int.from_bytes(content[6:8], "little") * (2 if wide else 1)
        target = readable_path(_text(content[9:end], wide=wide))
        kind = kind_of(_RANGE, target)
        if kind:
            yield kind, target, 9, end
    elif number in (_SXSTRING, _WEBPUB, _EXTSTRING):
        for pattern, wide in ((_NARROW, False), (_WIDE, True)):
            for match in pattern.finditer(content):
                kind, address = found_in(USES["connection"], _text(match[0], wide=wide))
                if kind:
                    yield kind, address, match.start(), match.end()


def hyperlink_target(number: int, content: bytes) -> str:
    """Where a record leads that is a hyperlink of a sheet; empty for any other."""
    return hyperlink.target(content[24:]) if number == _HLINK and content[8:24] == hyperlink.CLASS else ""


def _query(content: bytes) -> Iterator[tuple[str, str]]:
    for pattern, wide in ((_NARROW, False), (_WIDE, True)):
        for match in pattern.finditer(content):
            kind, address = found_in(USES["connection"], _text(match[0], wide=wide))
            if kind:
                yield kind, f"data connection: {address}"
                return


def _said(use: str, address: str, words: str) -> Iterator[tuple[str, str]]:
    kind = kind_of(USES[use], address) if address else ""
    if kind:
        yield kind, f"{words}: {address}"


def _text(raw: bytes, *, wide: bool) -> str:
    return raw.decode("utf-16-le" if wide else "latin-1", "replace")
