"""A small reader of ASN.1 in its DER and BER encodings.

ASN.1 (X.690) writes every value as identifier, length, content; constructed values hold further ones. CMS and PKCS#12 come in BER too, where a
length may be indefinite (closed by two zero octets) and a string may be written in segments.

Why our own: it meets hostile bytes first: the ASN.1 packages at hand build whole object trees, recurse with the nesting and cost tens of
milliseconds to import. This reader copies nothing, never recurses, and visits a bounded number of elements.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from attachguard.errors import Malformed

INTEGER: Final = 0x02
BIT_STRING: Final = 0x03
OCTET_STRING: Final = 0x04
OBJECT_IDENTIFIER: Final = 0x06
UTC_TIME: Final = 0x17
GENERALIZED_TIME: Final = 0x18
SEQUENCE: Final = 0x30
SET: Final = 0x31
#: Context-specific, constructed, number 0: `[0]`.
CONTEXT_0: Final = 0xA0
CONTEXT_1: Final = 0xA1
#: A segmented OCTET STRING, and the implicitly tagged forms of one.
CONSTRUCTED_OCTET_STRING: Final = 0x24
IMPLICIT_0: Final = 0x80

_CONSTRUCTED: Final = 0x20
_MAX_ELEMENTS: Final = 500_000
_MAX_STRING_DEPTH: Final = 16
_MAX_OID_OCTETS: Final = 64

SIGNED_DATA: Final = "1.2.840.113549.1.7.2"
PKCS7: Final = "1.2.840.113549.1.7."
_CMS_CONTENT: Final = "1.2.840.113549.1.9.16.1."


class Element:
    """One ASN.1 value inside a buffer; nothing is copied until asked for.

    Args:
        data: the buffer.
        tag: the identifier octet: class, constructed bit and number.
        begin: offset of the identifier octet.
        start: offset of the content.
        end: offset past the content; for an indefinite length that of the enclosing value.
        indefinite: whether two zero octets close it.
        cut: whether its length reaches past the end of the enclosing value.
    """

    __slots__ = ("begin", "cut", "data", "end", "indefinite", "start", "tag")

    def __init__(self, data: bytes, tag: int, begin: int, start: int, end: int, *, indefinite: bool, cut: bool) -> None:
        self.data = data
        self.tag = tag
        self.begin = begin
        self.start = start
        self.end = end
        self.indefinite = indefinite
        self.cut = cut

    @property
    def constructed(self) -> bool:
        """Whether it holds further values."""
        return bool(self.tag & _CONSTRUCTED)

    def children(self) -> Iterator[Element]:
        """The values inside, in order; empty for a primitive value. Raises `Malformed`."""
        if not self.constructed:
            return
        at = self.start
        for _ in range(_MAX_ELEMENTS):
            if at >= self.end:
                return
            child = read(self.data, at, self.end)
            if self.indefinite and _closes(child):
                return
            yield child
            at = child.stop()
        raise Malformed("ASN.1: too many elements")

    def child_list(self, limit: int = 32) -> list[Element]:
        """The first `limit` values inside. Raises `Malformed`."""
        found: list[Element] = []
        for child in self.children():
            found.append(child)
            if len(found) == limit:
                break
        return found

    def stop(self) -> int:
        """Offset of what follows this value; for an indefinite length that takes a walk over what is inside."""
        if not self.indefinite:
            return self.end
        at, depth = self.start, 1
        for _ in range(_MAX_ELEMENTS):
            if at >= self.end:
                return self.end  # never closed: cut short
            child = read(self.data, at, self.end)
            at = child.start if child.indefinite else child.end
            depth += child.indefinite
            if _closes(child):
                depth -= 1
                if not depth:
                    return at
        raise Malformed("ASN.1: too many elements")

    def content(self) -> bytes:
        """The octets between header and end, as they are."""
        return self.data[self.start : self.stop() - 2 if self.indefinite else self.end]

    def encoded(self) -> bytes:
        """The whole value with its header, as it is."""
        return self.data[self.begin : self.stop()]

    def octets(self) -> Iterator[bytes]:
        """The octets of a string, segments joined in order (X.690 8.7.3). Raises `Malformed`."""
        if not self.constructed:
            yield self.data[self.start : self.end]
            return
        # Segments may be segmented themselves; nobody nests them deeper than once.
        stack = [self.children()]
        seen = 0
        while stack:
            segment = next(stack[-1], None)
            seen += 1
            if seen > _MAX_ELEMENTS or len(stack) > _MAX_STRING_DEPTH:
                raise Malformed("ASN.1: string in too many segments")
            if segment is None:
                stack.pop()
            elif segment.constructed:
                stack.append(segment.children())
            else:
                yield self.data[segment.start : segment.end]

    def oid(self) -> str:
        """Dotted form of an object identifier; empty when it is not one."""
        if self.tag != OBJECT_IDENTIFIER or not 0 < self.end - self.start <= _MAX_OID_OCTETS:
            return ""
        numbers: list[int] = []
        value = 0
        for octet in self.data[self.start : self.end]:
            value = value << 7 | octet & 0x7F
            if not octet & 0x80:
                numbers.append(value)
                value = 0
        if not numbers:
            return ""
        first = min(numbers[0] // 40, 2)
        return ".".join(str(number) for number in (first, numbers[0] - 40 * first, *numbers[1:]))

    def integer(self) -> int:
        """Value of a small INTEGER; -1 when it is not one or has more than eight octets."""
        if self.tag != INTEGER or not 0 < self.end - self.start <= 8:
            return -1
        return int.from_bytes(self.data[self.start : self.end], "big", signed=True)


def read(data: bytes, at: int = 0, end: int | None = None) -> Element:
    """The value at an offset.

    Args:
        data: the buffer.
        at: offset of the identifier octet.
        end: offset past the enclosing value; the end of the buffer by default.

    Raises:
        Malformed: there is no whole header, or its length is not written as X.690 8.1.3 says.
    """
    end = len(data) if end is None else end
    begin = at
    if at + 2 > end:
        raise Malformed("ASN.1: element header cut short")
    tag = data[at]
    at += 1
    if tag & 0x1F == 0x1F:  # high tag number (X.690 8.1.2.4): skipped, nothing here uses one
        for _ in range(6):
            if at >= end:
                break
            at += 1
            if not data[at - 1] & 0x80:
                break
        if at >= end:
            raise Malformed("ASN.1: element header cut short")
    length = data[at]
    at += 1
    if length == 0x80:
        if not tag & _CONSTRUCTED:
            raise Malformed("ASN.1: indefinite length of a primitive value")
        return Element(data, tag, begin, at, end, indefinite=True, cut=False)
    if length > 0x80:
        count = length & 0x7F
        if count > 8 or at + count > end:
            raise Malformed("ASN.1: impossible length")
        length = int.from_bytes(data[at : at + count], "big")
        at += count
    stop = at + length
    return Element(data, tag, begin, at, min(stop, end), indefinite=False, cut=stop > end)


def sound(element: Element) -> bool:
    """Whether every value inside a value ends where it says, in one pass. Raises `Malformed` for what cannot be read at all."""
    if element.cut or not element.constructed:
        return not element.cut
    #: Where the open values end, and whether two zero octets close them.
    levels = [(element.end, element.indefinite)]
    at = element.start
    for _ in range(_MAX_ELEMENTS):
        end, indefinite = levels[-1]
        if at >= end:
            if indefinite:
                return False
            levels.pop()
        else:
            child = read(element.data, at, end)
            if child.cut:
                return False
            at = child.start if child.constructed else child.end
            if indefinite and _closes(child):
                levels.pop()
            elif child.constructed:
                levels.append((child.end, child.indefinite))
        if not levels:
            return True
    return False


def object_identifier(dotted: str) -> bytes:
    """An OBJECT IDENTIFIER in DER (X.690 8.19)."""
    first, second, *rest = map(int, dotted.split("."))
    octets = bytearray()
    for number in (40 * first + second, *rest):
        groups = [number & 0x7F]
        while number := number >> 7:
            groups.append(number & 0x7F | 0x80)
        octets += bytes(reversed(groups))
    return build(OBJECT_IDENTIFIER, bytes(octets))


def build(tag: int, content: bytes) -> bytes:
    """One value in DER, where a few octets have to be written to be compared or decrypted."""
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(octets))) + octets + content


def _closes(element: Element) -> bool:
    """Whether this is the end-of-contents mark of an indefinite length (X.690 8.1.5)."""
    return element.tag == 0 and element.start == element.end


def content_info(element: Element) -> tuple[str, Element] | None:
    """Content type and content of a CMS ContentInfo (RFC 5652 section 3), or None where this is not one."""
    children = element.children()
    kind = next(children, None)
    wrapper = next(children, None)
    if kind is None or wrapper is None or wrapper.tag != CONTEXT_0:
        return None
    oid = kind.oid()
    content = next(wrapper.children(), None)
    if content is None or not oid.startswith((PKCS7, _CMS_CONTENT)):
        return None
    return oid, content


def moment(element: Element | None) -> str:
    """A UTCTime or GeneralizedTime in the form of ISO 8601; empty if it is neither."""
    if element is None or element.tag not in (UTC_TIME, GENERALIZED_TIME):
        return ""
    text = element.content()[:20].decode("ascii", "replace")
    if element.tag == UTC_TIME:
        text = ("19" if text[:2] >= "50" else "20") + text
    digits = text[:14]
    if len(digits) < 14 or not (digits.isascii() and digits.isdigit()):
        return ""
    return f"{digits[:4]}-{digits[4:6]}-{digits[6:8]}T{digits[8:10]}:{digits[10:12]}:{digits[12:14]}Z"
