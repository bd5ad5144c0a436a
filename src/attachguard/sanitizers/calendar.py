"""iCalendar and vCard: files inline, script in pages, alarms that run a program, network paths. A property goes whole, or its page is cleaned.

Lines that nothing is taken out of stay as they are, with their folding (RFC 5545 section 3.1, RFC 6350 section 3.2, vCard 2.1).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from attachguard.errors import LimitExceeded, Malformed
from attachguard.formats.mail import _lines
from attachguard.part import Part
from attachguard.readers import references
from attachguard.readers.contentlines import Line, decoded, lines, plain
from attachguard.sanitizers.record import Cleaned, Refusal, Work

TYPES: Final = frozenset({"ics", "vcf"})
REMOVES: Final = {
    "calendar-file": "files inside of a calendar",
    "calendar-procedure": "alarms that run a program",
    "calendar-network-path": "network paths in calendars",
    "card-network-path": "network paths in cards",
    "html-script": "script in descriptions that are pages",
}
KEEPS: Final = "Times, places, texts, people, ordinary alarms, links to the web, pictures and keys of a card that are clean by themselves."
REFUSES: Final = "Files in a character set of two bytes, and whatever is not made of lines."

_ALL: Final = re.compile(rb"(?s).*")
_BASE64_LINE: Final = re.compile(rb"[ \t]*[A-Za-z0-9+/=]+[ \t]*\r?\n?\Z")
_SOFT: Final = re.compile(rb"=[ \t]*\r?\n\Z")
_ALTREP: Final = re.compile(rb';ALTREP="[^"]*"', re.IGNORECASE)
_MOST: Final = 300_000
_WIDTH: Final = 73


def sanitize(work: Work) -> Cleaned:
    """The calendar or card without what is not wanted."""
    if b"\0" in work.data:
        raise Refusal("a character set in which lines cannot be separated safely")
    part = Part(work.name, b"", role="attachment", budget=work.budget)
    out: list[bytes] = []
    #: Where the alarm that is open begins in the output, and whether it runs something.
    alarm, acting = -1, b""
    for number, raw in enumerate(_properties(work.data)):
        if number % 1024 == 0:
            work.budget.check_time()
        if number > _MOST:
            raise Refusal("too many lines")
        line = next((each for each in lines(raw, _ALL) if each is not None), None)
        if line is None:
            out.append(raw)
            continue
        value = line.value.strip().upper()
        if line.name == "begin" and value == b"VALARM":
            alarm, acting = len(out), b""
        if line.name == "action" and value == b"PROCEDURE" and work.wants("calendar-procedure"):
            acting = line.value
        kept = _cleaned(raw, line, part, work)
        if kept:
            out.append(kept)
        if line.name == "end" and value == b"VALARM" and alarm >= 0:
            if acting:
                work.took("active-content", "calendar-procedure", "alarm that runs a program", b"".join(out[alarm:]))
                del out[alarm:]
            alarm = -1
    return Cleaned(b"".join(out))


def _properties(data: bytes) -> Iterator[bytes]:
    """The lines of a file, each with those that only continue it, as they are."""
    pending: list[bytes] = []
    base64 = soft = False
    for line in data.splitlines(keepends=True):
        folded = line[:1] in (b" ", b"\t")
        more = base64 and _BASE64_LINE.match(line) is not None and line.strip() != b""
        if pending and (folded or soft or more):
            pending.append(line)
        else:
            if pending:
                yield b"".join(pending)
            pending = [line]
            head = line.partition(b":")[0].upper()
            base64 = b"BASE64" in head or b"ENCODING=B" in head or b"BINARY" in head
        soft = b"QUOTED-PRINTABLE" in pending[0].partition(b":")[0].upper() and _SOFT.search(line) is not None
    if pending:
        yield b"".join(pending)


def _cleaned(raw: bytes, line: Line, part: Part, work: Work) -> bytes:
    """What stays of a property; nothing where it goes."""
    kind = "calendar" if work.type == "ics" else "card"
    if line.name == "palarm" and work.wants("calendar-procedure"):
        work.took("active-content", "calendar-procedure", "alarm that runs a program", line.value)
        return b""
    if _leads_away(line) and work.wants(f"{kind}-network-path"):
        work.took("external-reference", f"{kind}-network-path", f"{line.name.upper()} on a network path", line.value)
        return b""
    for child in _lines.files(part, line):
        page = child.declared == "text/html"
        if page or not work.wants(f"{kind}-file"):
            if child.name not in work.concerned and f"{child.name}" not in {
                name.rpartition("~")[0] for name in work.concerned
            }:
                continue
            content = _content(child)
            result = work.child(child.name, content)
            if result.data == content:
                continue
            if page and result.data is not None and b"data:" not in line.value[:5].lower():
                return _folded(line, result.data, raw)
            if line.parameters.get("altrep", "")[:5].lower() == "data:" and line.encoding != "base64":
                work.took("active-content", "html-script", "page in ALTREP", content)
                return _ALTREP.sub(b"", re.sub(rb"\r?\n[ \t]", b"", raw))
            code, of = result.reasons[0] if result.reasons else ("embedded-file", f"{kind}-file")
            work.took(code, of, "file that is not accepted", content)
            return b""
        work.took("embedded-file", f"{kind}-file", f"file in {line.name.upper()}: {child.name}", _content(child))
        return b""
    return raw


def _leads_away(line: Line) -> bool:
    """Whether a property points to a network path, or to what runs by itself."""
    if line.encoding == "base64" or not (line.name in _lines.FETCHED or line.name in ("attach", "url", "conference")):
        return False
    text = plain(decoded(line)[:4096]).decode("utf-8", "replace")
    values = text.split(";")[:8] if line.name.endswith("alarm") else [text]
    return any(value and references.read(value).form in ("network-path", "moniker") for value in values)


def _content(child: Part) -> bytes:
    try:
        child.load()
    except (Malformed, LimitExceeded, ValueError) as error:
        raise Refusal("a file inside cannot be read") from error
    return child.data


def _folded(line: Line, page: bytes, raw: bytes) -> bytes:
    """A property with another page in it, escaped and folded."""
    end = b"\r\n" if b"\r\n" in raw else b"\n"
    head = re.sub(rb"\r?\n[ \t]", b"", raw).partition(b":")[0]
    if line.encoding == "quoted-printable":
        import binascii

        return head + b":" + binascii.b2a_qp(page, istext=False).replace(b"=\n", b"=" + end) + end
    escaped = (
        page.replace(b"\\", b"\\\\")
        .replace(b";", b"\\;")
        .replace(b",", b"\\,")
        .replace(b"\r\n", b"\\n")
        .replace(b"\n", b"\\n")
    )
    whole = head + b":" + escaped
    pieces: list[bytes] = []
    while whole:
        # A fold may not stand inside a letter.
        cut = min(_WIDTH, len(whole))
        while cut < len(whole) and cut > 1 and whole[cut] & 0xC0 == 0x80:
            cut -= 1
        pieces.append(whole[:cut])
        whole = whole[cut:]
    return (end + b" ").join(pieces) + end
