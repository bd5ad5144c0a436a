"""PDF encrypted for certificates (ISO 32000-2, 7.6.5): who can open it, and the same file under a key that qpdf takes.

Each entry of `Recipients` is a CMS envelope with a seed and permissions inside. All entries and the seed make the key of the file, which then is
encrypted like one with a password. qpdf knows only handlers with passwords, but takes the key itself: a new revision at the end of the file puts such
a handler in the place of the other.
"""

from __future__ import annotations

import hashlib
import io
import re
import secrets
from typing import Final, NamedTuple

from attachguard.errors import Malformed
from attachguard.formats.pdf.file import Document
from attachguard.formats.pdf.second_opinion import FAILURES, Opened, copy_of
from attachguard.formats.pdf.syntax import Name, Ref, Value
from attachguard.part import Part
from attachguard.readers.crypto.envelope import read_envelope
from attachguard.readers.libraries import by_pybind, unheard
from attachguard.signing.smime import KeyAnswer
from attachguard.signing.smime.opening import Opener

#: Entries of `Recipients` that are looked at, and their octets together.
_MOST_ENTRIES: Final = 200
_MOST_OCTETS: Final = 4 << 20
#: Octets of the seed, and of the permissions after it (7.6.5.3).
_SEED: Final = 20
_PERMISSIONS: Final = 4
#: The strongest answer of several entries first.
_ORDER: Final = ("held", "elsewhere", "broken", "failed", "unsupported", "unknown")
_METHODS: Final = {"V2": "RC4-128", "AESV2": "AES-128", "AESV3": "AES-256"}
#: AES-GCM (ISO/TS 32003), which qpdf does not know.
_GCM: Final = "AESV4"
#: The beginning of streams that say they are compressed, and how many of them are looked at.
_COMPRESSED: Final = re.compile(
    rb"/Filter\s{0,4}/FlateDecode[^<>]{0,400}>>\s{0,4}stream\r?\n(?!\s{0,2}endstream)(.)(.)", re.DOTALL
)
_SAMPLES: Final = 40
#: How far the number of the new object may be from those in use.
_SPREAD: Final = 1 << 14
_START: Final = re.compile(rb"startxref\s{1,4}(\d{1,10})")


class Opening(NamedTuple):
    """What the key store says of a file.

    Args:
        answer: the strongest answer about any entry.
        recipients: how many there are.
        scheme: cipher and key length in plain words.
        key: the key of the file; empty where nobody holds one.
    """

    answer: KeyAnswer
    recipients: int
    scheme: str
    key: bytes


def ask(part: Part, document: Document, handler: dict[str, Value]) -> Opening:
    """Ask about every entry of the recipients until one opens.

    Args:
        part: the PDF, with who holds keys.
        document: its objects.
        handler: its encryption dictionary.
    """
    crypt = _filter(document, handler)
    method = str(document.resolve(crypt.get("CFM"))) if crypt else "V2"
    entries = _entries(document, crypt if "Recipients" in crypt else handler)
    answers: list[KeyAnswer] = []
    count = 0
    for entry in entries:
        try:
            recipients = read_envelope(entry).recipients
        except Malformed:
            continue
        count += len(recipients)
        opener = part.context.find(Opener)
        if opener is not None:
            answers.append(opener.open(recipients, entry))
            if answers[-1].state == "held":
                break
    answer = min(answers, key=lambda each: _ORDER.index(each.state), default=KeyAnswer("unknown"))
    key = b""
    if answer.state == "held" and len(answer.content) >= _SEED + _PERMISSIONS:
        plain = document.resolve((crypt or handler).get("EncryptMetadata")) is False
        material = answer.content[:_SEED] + b"".join(entries) + (b"\xff\xff\xff\xff" if plain else b"")
        digest = hashlib.sha256 if method == "AESV3" else hashlib.sha1
        key = digest(material, usedforsecurity=False).digest()[: _size(document, handler, method)]
    elif answer.state == "held":
        answer = KeyAnswer("failed")
    return Opening(answer, count, _METHODS.get(method, "AES-256-GCM" if method == _GCM else "unknown cipher"), key)


@by_pybind
def open_copy(part: Part, document: Document, handler: dict[str, Value], key: bytes) -> Opened | None:
    """The plain copy of a file whose key is known; None where qpdf cannot make one, or the key does not open it after all.

    Args:
        part: the PDF.
        document: its objects.
        handler: its encryption dictionary.
        key: the key of the file.
    """
    import pikepdf

    if not _known(document, handler):
        return None
    part.budget.charge(len(part.data))
    data = part.data + _revision(part.data, document, handler, len(key))
    try:
        with unheard("pikepdf._core"), pikepdf.open(io.BytesIO(data), password=key.hex(), hex_password=True) as pdf:
            opened = copy_of(pikepdf, pdf, part, "") if pdf.is_encrypted else None
    except (pikepdf.PdfError, UserWarning, *FAILURES):
        # It warns of a password that was not needed, which is an error where the embedding program has asked for that.
        return None
    return opened if opened is not None and opened.copy and _makes_sense(opened.copy) else None


def _makes_sense(copy: bytes) -> bool:
    """Whether what should be compressed data begins like it (RFC 1950 section 2.2): another key gives noise."""
    heads = [found for found, _ in zip(_COMPRESSED.finditer(copy), range(_SAMPLES), strict=False)]
    sound = sum(head[1][0] & 15 == 8 and not (head[1][0] << 8 | head[2][0]) % 31 for head in heads)
    return bool(2 * sound >= len(heads))


def _known(document: Document, handler: dict[str, Value]) -> bool:
    """Whether every crypt filter in use is one that qpdf knows."""
    filters = document.resolve(handler.get("CF"))
    known = filters if isinstance(filters, dict) else {}
    found = [document.resolve(each) for each in known.values()]
    return all(isinstance(each, dict) and document.resolve(each.get("CFM")) in (*_METHODS, "None") for each in found)


def _filter(document: Document, handler: dict[str, Value]) -> dict[str, Value]:
    """The crypt filter of the streams, else of the strings or the attachments, where there are any (7.6.6)."""
    filters = document.resolve(handler.get("CF"))
    for use in ("StmF", "StrF", "EFF"):
        name = document.resolve(handler.get(use))
        found = document.resolve(filters.get(name)) if isinstance(filters, dict) and isinstance(name, Name) else None
        if isinstance(found, dict):
            return found
    return {}


def _entries(document: Document, holder: dict[str, Value]) -> list[bytes]:
    listed = document.resolve(holder.get("Recipients"))
    items = [document.resolve(each) for each in (listed if isinstance(listed, list) else [listed])[:_MOST_ENTRIES]]
    entries = [each for each in items if isinstance(each, bytes)]
    return entries if sum(map(len, entries)) <= _MOST_OCTETS else []


def _size(document: Document, handler: dict[str, Value], method: str) -> int:
    if method in ("AESV3", "AESV2"):
        return 32 if method == "AESV3" else 16
    length = document.resolve(handler.get("Length"))
    version = document.resolve(handler.get("V"))
    if version == 1 or not isinstance(length, int) or not 40 <= length <= 128:
        return 5 if version == 1 else 16
    return length // 8


def _revision(data: bytes, document: Document, handler: dict[str, Value], octets: int) -> bytes:
    """A revision whose trailer names a password handler with the same crypt filters; what it says of passwords is never asked (7.5.6)."""
    trailer = list(document.trailers())[-1]
    root = trailer.get("Root")
    starts = _START.findall(data[-2048:]) or _START.findall(data)
    size = document.resolve(trailer.get("Size"))
    # Somewhere above the others, and not to be foretold: an object of this number would vanish from the copy.
    number = max(0, min(size if isinstance(size, int) else 0, len(data) // 3)) + 1 + secrets.randbelow(_SPREAD)
    # qpdf takes no number above a third of the file's size.
    room = b"\n" * max(1, 3 * (number + 9) - len(data))
    version = {5: 1, 32: 5}.get(octets, 4 if "CF" in handler else 2)
    revision = {1: 2, 2: 3, 4: 4, 5: 6}[version]
    words = 48 if version == 5 else 32
    blank = "<" + "00" * words + ">"
    more = f"/OE <{'00' * 32}> /UE <{'00' * 32}> /Perms <{'00' * 16}>" if version == 5 else ""
    crypt = _crypt_filters(document, handler) if version >= 4 else ""
    place = len(data) + len(room)
    body = (
        f"{number} 0 obj\n<< /Filter /Standard /V {version} /R {revision} /Length {8 * octets} /P -4 /O {blank} /U {blank} "
        f"{more} {crypt} >>\nendobj\n"
    )
    shown = f"{root.number} {root.generation} R" if isinstance(root, Ref) else "1 0 R"
    previous = f"/Prev {int(starts[-1])}" if starts else ""
    end = (
        f"xref\n{number} 1\n{place:010d} 00000 n \ntrailer\n<< /Size {number + 1} /Root {shown} /Encrypt {number} 0 R {previous} "
        f"/ID [<00> <00>] >>\nstartxref\n{place + len(body)}\n%%EOF\n"
    )
    return room + (body + end).encode()


def _crypt_filters(document: Document, handler: dict[str, Value]) -> str:
    """The crypt filters as they are, under one name for each method: names of content are not written out again."""
    filters = document.resolve(handler.get("CF"))
    known = filters if isinstance(filters, dict) else {}
    plain = document.resolve((_filter(document, handler) or handler).get("EncryptMetadata")) is False
    rows: dict[str, str] = {}
    uses: list[str] = []
    for use in ("StmF", "StrF", "EFF"):
        name = document.resolve(handler.get(use))
        found = document.resolve(known.get(name)) if isinstance(name, Name) else None
        method = document.resolve(found.get("CFM")) if isinstance(found, dict) else None
        if method in _METHODS:
            rows[f"{method}F"] = f"/{method}F << /CFM /{method} /AuthEvent /DocOpen >>"
            uses.append(f"/{use} /{method}F")
        elif use in handler:
            uses.append(f"/{use} /Identity")
    return f"/CF << {' '.join(rows.values())} >> {' '.join(uses)}" + (" /EncryptMetadata false" if plain else "")
