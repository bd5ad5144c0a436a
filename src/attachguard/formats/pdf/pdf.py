"""PDF (ISO 32000-2) and what is built on it: scripts, launch actions, attachments, forms, signatures, encryption.

The fast path reads real tokens in one pass over the file (`_core/pdf.py`), unpacks object streams, and parses only objects that hold a name of
interest; what opens without a password is decrypted where it is read. Files under a password, and files whose cross-reference table may show other
objects than that pass, are opened by qpdf through pikepdf, and the same questions are asked of the plain copy.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from attachguard.errors import Malformed
from attachguard.formats.pdf.actions import clean
from attachguard.formats.pdf.claims import claims, first_link
from attachguard.formats.pdf.facts import facts
from attachguard.formats.pdf.file import Document
from attachguard.formats.pdf.marks import MARK, WORTH
from attachguard.formats.pdf.second_opinion import PERMISSIONS
from attachguard.formats.pdf.syntax import Name, Value
from attachguard.inspector import Fact
from attachguard.model import Finding
from attachguard.part import Part
from attachguard.passwords import untried
from attachguard.signing.smime import KeyAnswer
from attachguard.signing.smime.opening import told

if TYPE_CHECKING:
    from attachguard.formats.pdf.second_opinion import Opened

TYPES: Final = frozenset({"pdf", "ai", "fdf"})
LIMITATIONS: Final = (
    "Content streams, fonts and images are not decoded.",
    "Files encrypted for certificates are opened only with a key that the operator has given, in AES-GCM not at all.",
    "A PDF inside an uncompressed stream is judged where it is an attachment, not as part of its holder.",
)
EXTRACTS: Final = "Attached files, scripts for the rules, XFA forms."
DETECTS: Final = (
    "JavaScript, launch and other actions, links to files and servers, attachments, forms, multimedia and 3D "
    "content, encryption, permissions, signatures, claims of PDF/A, damage."
)


def inspect(part: Part) -> Iterator[Fact]:
    """Facts about a PDF.

    Raises:
        Malformed: not one object can be made out.
    """
    document = Document(part.data, part.budget)
    if not document.has_objects:
        raise Malformed("PDF without a single object")
    part.describe(lambda: _profile(document, document))
    if document.marks & MARK["encrypt"]:
        handlers = [document.resolve(trailer["Encrypt"]) for trailer in document.trailers()]
        readable = [handler for handler in handlers if isinstance(handler, dict)]
        if readable:
            yield from _encrypted(part, document, readable[-1])
            return
        document.more = document.more or bool(handlers)
    if not document.marks & MARK["root"] and part.is_a("pdf"):
        # 7.5.5: without a trailer nothing says where to begin, and most readers open nothing.
        yield part.finding("pdf-without-trailer", "PDF: cut before its trailer")
    document.unpack()
    if document.more or document.unreadable:
        yield from _second_opinion(part, document)
        return
    opened = document.marks & MARK["address"] and document.marks & MARK["trigger"]
    if document.cut or document.marks & WORTH or opened:
        yield from facts(part, document)


def _profile(document: Document, readable: Document) -> dict[str, str]:
    """Version, PDF/A claim, programs and first link, read when a policy asks; of an encrypted file what its readable copy says."""
    said = claims(readable)
    values = {
        "version": said.version if readable is document else claims(document).version,
        "pdf-a": said.archival,
        "producer": said.producer,
        "link": first_link(readable),
    }
    return {key: value for key, value in values.items() if value}


def _encrypted(part: Part, document: Document, handler: dict[str, Value]) -> Iterator[Fact]:
    """An encrypted file (7.6): whether it opens, and then the facts of its plain copy."""
    from attachguard.formats.pdf.cipher import open_in_place
    from attachguard.formats.pdf.second_opinion import Locked, Refused, open_plain
    from attachguard.formats.pdf.secret import read_lock

    name = document.resolve(handler.get("Filter"))
    if name != "Standard":
        shown = clean(name) if isinstance(name, Name) else "no name"
        public = isinstance(name, Name) and "PubSec" in name
        if public or "Recipients" in handler:
            yield from _for_certificates(part, document, handler)
            return
        yield part.encrypted("unsupported-scheme", f"PDF: unknown security handler ({shown})")
        yield from facts(part, document, locked=True)
        return
    lock = read_lock(document, handler)
    in_place = open_in_place(document, handler, lock) if lock is not None and part.budget.spare(lock.looks) else None
    if in_place is not None:
        plain, opened = in_place
        yield from _opened(part, opened)
        part.describe(lambda: _profile(document, plain))
        yield from facts(part, plain)
        return
    only_files = _only_attachments(document, handler)
    if not document.spare_reader():
        document.cut = True
        yield part.encrypted("unknown-password", f"PDF: {_scheme(document, handler)}, not opened")
        yield from facts(part, document, locked=True)
        return
    try:
        opened = open_plain(part, lock)
    except Locked:
        scheme = _scheme(document, handler)
        detail = (
            f"PDF: {scheme}, only the attachments are encrypted"
            if only_files
            else f"PDF: {scheme}, needs a user password"
        )
        yield part.encrypted("unknown-password", detail + untried(part))
        if only_files:
            document.unpack()
        yield from facts(part, document, locked=not only_files, locked_files=True)
        return
    except Refused:
        known = document.resolve(handler.get("V")) in (1, 2, 4, 5)
        if known:
            yield part.finding("damaged-document", "PDF: encrypted and too damaged to decrypt")
        else:
            yield part.encrypted("unsupported-scheme", "PDF: version of encryption not known")
        yield from facts(part, document, locked=True)
        return
    if opened.encrypted:
        yield from _opened(part, opened)
    elif lock is not None and not lock.fits(b""):
        # No trailer that qpdf came to names the handler; a reader that repairs the file may come to one.
        yield part.encrypted("unknown-password", f"PDF: {_scheme(document, handler)}, needs a user password")
    if opened.copy:
        plain = Document(opened.copy, part.budget)
        plain.unpack()
        part.describe(lambda: _profile(document, plain))
        yield from facts(part, plain)
    else:
        yield part.finding("damaged-document", "PDF: decrypted, but too damaged to be read")
        yield from facts(part, document, locked=opened.encrypted)


def _for_certificates(part: Part, document: Document, handler: dict[str, Value]) -> Iterator[Fact]:
    """A file encrypted for certificates: what the key store says, and the facts of the plain copy where a key is held."""
    from attachguard.formats.pdf.certificates import ask, open_copy

    opening = ask(part, document, handler)
    opened = open_copy(part, document, handler, opening.key) if opening.key else None
    answer = KeyAnswer("unsupported") if opening.key and opened is None else opening.answer
    whom = "1 certificate" if opening.recipients == 1 else f"{opening.recipients} certificates"
    yield from told(part, answer, f"PDF: encrypted for certificates, {opening.scheme}", whom)
    if opened is None:
        yield from facts(part, document, locked=True)
        return
    plain = Document(opened.copy, part.budget)
    plain.unpack()
    yield from facts(part, plain)


def _opened(part: Part, opened: Opened) -> Iterator[Fact]:
    """How an encrypted file was opened, and what its owner forbids."""
    yield _opened_state(part, opened)
    for operation in opened.forbidden:
        yield part.finding(PERMISSIONS[operation], f"PDF: not allowed: {operation}")


def _opened_state(part: Part, opened: Opened) -> Finding:
    scheme = opened.scheme
    if opened.origin:
        return part.encrypted("known-password", f"PDF: {scheme}, password from {opened.origin}")
    if opened.as_user:
        return part.encrypted("opens-without-password", f"PDF: {scheme}, opens without a password")
    # The owner's password is empty, the user's is not: readers try the empty one as the user's and ask.
    return part.encrypted("unknown-password", f"PDF: {scheme}, needs a user password; the owner password is empty")


def _only_attachments(document: Document, handler: dict[str, Value]) -> bool:
    """Whether pages and strings are plain and only embedded files are encrypted (7.6.6: EFF and the event EFOpen)."""
    names = [document.resolve(handler.get(key, Name("Identity"))) for key in ("StmF", "StrF")]
    return document.resolve(handler.get("V")) in (4, 5) and names == ["Identity", "Identity"] and "EFF" in handler


def _scheme(document: Document, handler: dict[str, Value]) -> str:
    """Cipher and key length as the encryption dictionary claims them (7.6.2, table 20)."""
    version, length = document.resolve(handler.get("V")), document.resolve(handler.get("Length", 40))
    if version in (4, 5):
        filters = document.resolve(handler.get("CF"))
        named = document.resolve(filters.get("StdCF")) if isinstance(filters, dict) else None
        method = document.resolve(named.get("CFM")) if isinstance(named, dict) else None
        return {"V2": "RC4-128", "AESV2": "AES-128", "AESV3": "AES-256"}.get(
            str(method), f"encryption version {version}"
        )
    return f"RC4-{length}" if isinstance(length, int) and version == 2 else "RC4-40"


def _second_opinion(part: Part, document: Document) -> Iterator[Fact]:
    """A file whose cross-reference table can show other objects than those found by their headers: the facts of both readings, each once."""
    from attachguard.formats.pdf.second_opinion import Locked, Refused, open_plain

    readings: list[Document] = [document]
    try:
        if document.crowded or (document.marks & MARK["root"] and not document.spare_reader()):
            document.cut = True
            raise Refused
        if not document.marks & MARK["root"]:
            raise Refused  # there is nothing for it to go by
        opened = open_plain(part)
    except Locked:
        yield part.encrypted("unknown-password", "PDF: needs a user password" + untried(part))
        yield from facts(part, document, locked=True)
        return
    except Refused:
        # No table to go by: a reader that repairs the file may take any header for an object.
        opened = None
    if opened is not None and opened.encrypted:
        yield _opened_state(part, opened)
    if opened is not None and opened.copy:
        readings.append(Document(opened.copy, part.budget))
    if document.more and (opened is None or opened.rebuilt or not opened.copy):
        readings.append(Document(part.data, part.budget, hidden=True))
    told: set[Finding] = set()
    given: set[int] = set()
    for reading in readings:
        reading.unpack()
        for fact in facts(part, reading, given=given):
            if not isinstance(fact, Finding):
                yield fact
            elif fact not in told:
                told.add(fact)
                yield fact
