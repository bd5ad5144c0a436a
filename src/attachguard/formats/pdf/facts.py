"""What a PDF can do and holds: the questions asked of its objects (ISO 32000-2, 12.6 actions, 7.11 files, 12.7 forms, 12.8 signatures, 13 media)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

from attachguard.formats.pdf.actions import (
    Places,
    clean,
    counted,
    linked_addresses,
    opened_addresses,
    reference_kind,
    shares,
    target,
)
from attachguard.formats.pdf.file import Document
from attachguard.formats.pdf.marks import MARK
from attachguard.formats.pdf.scripts import scripts
from attachguard.formats.pdf.signed import signatures
from attachguard.formats.pdf.syntax import Name, Ref, Stream, Value, dictionaries, text
from attachguard.formats.pdf.xfa import forms
from attachguard.inspector import Fact
from attachguard.part import Part

#: Scripts of one file of form data.
_SCRIPTS: Final = 10_000
#: Findings of one kind about one file; what exceeds them is counted in the last.
_LISTED: Final = 50

#: Annotations that play something, and the entries that say what.
_MEDIA_ANNOTATIONS: Final = {
    "RichMedia": ("RichMediaContent", "RichMediaSettings"),
    "3D": ("3DD",),
    "Sound": ("Sound",),
    "Movie": ("Movie",),
    "Screen": ("A", "AA"),
}
_MEDIA_ACTIONS: Final = frozenset(("Sound", "Movie", "Rendition", "RichMediaExecute", "GoTo3DView"))
_REMOTE_ACTIONS: Final = {
    "SubmitForm": "PDF form submission",
    "ImportData": "PDF data import",
    "GoToR": "PDF link to another document",
    "GoToE": "PDF link into another document",
}
#: Names that the XML of an electronic invoice has in a PDF: ZUGFeRD, Factur-X, XRechnung, Order-X.
INVOICES: Final = frozenset({"factur-x.xml", "zugferd-invoice.xml", "xrechnung.xml", "order-x.xml", "cida.xml"})
_KINDS_LOOKED_AT: Final = ("script", "launch", "external", "file", "media", "form", "signature")


class _Seen:
    """What was met in one pass over the marked objects."""

    __slots__ = (
        "attached",
        "external",
        "files",
        "forms",
        "launches",
        "media",
        "remote",
        "rights",
        "scripts",
        "signatures",
        "streams",
        "xfa",
    )

    def __init__(self) -> None:
        self.scripts: list[tuple[int, tuple[str, ...], Value]] = []
        self.launches: list[tuple[int, tuple[str, ...], str]] = []
        #: Details of references and their kinds; actions whose place says when they are followed: number, path, words, target.
        self.external: dict[str, str] = {}
        self.remote: list[tuple[int, tuple[str, ...], str, str]] = []
        self.files: list[tuple[dict[str, Value], dict[str, Value]]] = []
        self.streams: dict[int, Stream] = {}
        self.attached: set[int] = set()
        self.media: Counter[str] = Counter()
        self.forms: list[int] = []
        self.xfa: list[Value] = []
        self.signatures: list[dict[str, Value]] = []
        #: Whether there are usage rights.
        self.rights = False


def facts(
    part: Part, document: Document, *, locked: bool = False, locked_files: bool = False, given: set[int] | None = None
) -> Iterator[Fact]:
    """Everything worth telling about a PDF's objects.

    Args:
        part: the PDF as it came.
        document: its objects; where it is encrypted, those of a readable copy.
        locked: whether strings and streams are encrypted and stay so: what is there can be told, what it says cannot.
        locked_files: whether that is so for embedded files.
        given: hashes of contents that another reading of the same file has given already; added to.
    """
    seen = _Seen()
    given = set() if given is None else given
    for number, value in document.marked(*_KINDS_LOOKED_AT):
        if isinstance(value, Stream) and value.entries.get("Type") == "EmbeddedFile":
            seen.streams[number] = value
        for path, entries in dictionaries(value):
            _look(document, seen, number, path, entries)
    _look_at_addresses(document, seen, locked=locked)
    doubtful = any(reference_kind(where) not in ("", "pdf-reference") for _, _, _, where in seen.remote)
    places = Places(document) if seen.scripts or seen.launches or doubtful else None
    for number, path, words, where in seen.remote:
        place = places.name(number, path) if places is not None else ""
        kind = reference_kind(where, click=place == "on click")
        seen.external[f"{words}: {where}" + (f" ({place})" if kind != "pdf-reference" else "")] = kind
    if places is not None:
        yield from scripts(part, document, seen.scripts, places, locked=locked, given=given)
        yield from _launches(part, seen, places)
    yield from forms(part, document, seen.xfa, locked=locked)
    listed: Counter[str] = Counter()
    for detail, kind in seen.external.items():
        listed[kind] += 1
        if kind and listed[kind] <= _LISTED:
            yield part.finding(kind, detail)
    yield from _files(part, document, seen, locked=locked or locked_files, given=given)
    for kind, times in sorted(seen.media.items()):
        yield part.finding("pdf-multimedia", f"PDF {kind}" + (f" ({times} times)" if times > 1 else ""))
    if seen.forms and not seen.xfa:
        yield part.finding("pdf-form", f"PDF form: {counted(max(seen.forms), 'field')}")
    yield from _signatures(part, document, seen)
    if document.cut:
        yield part.finding("resource-limit-exceeded", "PDF: more objects than are read of one file")


def _signatures(part: Part, document: Document, seen: _Seen) -> Iterator[Fact]:
    if seen.rights:
        yield part.finding("usage-rights", "PDF: usage rights for a reader, signed by its maker")
    yield from signatures(part, document, seen.signatures)


def _look_at_addresses(document: Document, seen: _Seen, *, locked: bool) -> None:
    """Addresses that are told by what they are, not by the action that leads there."""
    if document.marks & MARK["address"]:
        seen.external.update(opened_addresses(document))
        seen.external.update(linked_addresses(document))
    if not locked:
        seen.external.update(shares(document))


def _look(document: Document, seen: _Seen, number: int, path: tuple[str, ...], entries: dict[str, Value]) -> None:
    """Sort one dictionary into what it matters for."""
    actions = _names(document, entries, "S")
    if actions:
        _look_at_action(document, seen, number, path, entries, actions)
    if "JavaScript" in entries or "OnInstantiate" in entries:
        _look_at_other_scripts(document, seen, number, entries)
    if entries.get("Type") == "Annot" or "Rect" in entries:
        for kind in _names(document, entries, "Subtype") & _MEDIA_ANNOTATIONS.keys():
            # One that holds nothing any more is an empty frame on the page.
            if entries.keys().isdisjoint(_MEDIA_ANNOTATIONS[kind]):
                continue
            seen.media[f"{kind} annotation"] += 1
    if entries.get("FS") == "URL" and not (path and path[-1] == "F"):
        seen.remote.append((number, path, "PDF file at an address", target(document, {"F": entries})))
    if "EF" in entries:
        held = document.resolve(entries["EF"])
        if isinstance(held, dict):
            seen.files.append((entries, held))
    if "AcroForm" in entries:
        _look_at_form(document, seen, document.resolve(entries["AcroForm"]))
    elif "XFA" in entries and "Fields" in entries:
        _look_at_form(document, seen, entries)
    if isinstance(entries.get("ByteRange"), (list, Ref)):
        _look_at_signature(document, seen, entries)


def _look_at_signature(document: Document, seen: _Seen, entries: dict[str, Value]) -> None:
    if "Contents" in entries or "Filter" in entries:
        if _is_usage_right(document, entries):
            seen.rights = True
        else:
            seen.signatures.append(entries)


def _is_usage_right(document: Document, entries: dict[str, Value]) -> bool:
    """Whether a signature only unlocks functions of a reader (12.8.2.3): it is that of the reader's maker, and nobody signed anything."""
    references = document.resolve(entries.get("Reference"))
    first = document.resolve(references[0]) if isinstance(references, list) and references else None
    return isinstance(first, dict) and document.resolve(first.get("TransformMethod")) in ("UR", "UR3")


def _names(document: Document, entries: dict[str, Value], key: str) -> set[str]:
    """The names under a key; two where the dictionary has it twice."""
    values = (document.resolve(entries.get(each)) for each in (key, key + "\0"))
    return {value for value in values if isinstance(value, Name)}


def _look_at_action(
    document: Document, seen: _Seen, number: int, path: tuple[str, ...], entries: dict[str, Value], actions: set[str]
) -> None:
    if "JavaScript" in actions or ("Rendition" in actions and "JS" in entries):
        seen.scripts += [(number, path, entries.get(key)) for key in ("JS", "JS\0") if key in entries or key == "JS"]
    if "Launch" in actions:
        seen.launches.append((number, path, target(document, entries)))
    for action in actions & _REMOTE_ACTIONS.keys():
        where = target(document, entries)
        if where:
            seen.remote.append((number, path, _REMOTE_ACTIONS[action], where))
    for action in actions & _MEDIA_ACTIONS:
        seen.media[f"{action} action"] += 1


def _look_at_other_scripts(document: Document, seen: _Seen, number: int, entries: dict[str, Value]) -> None:
    """Scripts that no action brings: of a 3D scene (13.6.3, table 311), and of form data for its form (12.7.8.3.1, table 249)."""
    if "OnInstantiate" in entries:
        seen.scripts.append((number, ("OnInstantiate",), entries["OnInstantiate"]))
    scripts = document.resolve(entries.get("JavaScript"))
    if isinstance(scripts, dict):
        added = document.resolve(scripts.get("Doc"))
        sources = [*added[1 : 2 * _SCRIPTS : 2]] if isinstance(added, list) else []
        sources += [scripts[key] for key in ("Before", "After", "AfterPermsReady") if key in scripts]
        seen.scripts += [(number, ("FDF",), source) for source in sources]


def _look_at_form(document: Document, seen: _Seen, form: Value) -> None:
    if not isinstance(form, dict):
        return
    fields = document.resolve(form.get("Fields"))
    if isinstance(fields, list):
        # A field for a signature is nothing to fill in.
        count = sum(not _is_signature_field(document, field) for field in fields[:1000])
        if count:
            seen.forms.append(count)
    xfa = document.resolve(form.get("XFA"))
    if isinstance(xfa, (list, Stream)) and form["XFA"] not in seen.xfa:
        seen.xfa.append(form["XFA"])


def _is_signature_field(document: Document, reference: Value) -> bool:
    field = document.resolve(reference)
    return not isinstance(field, dict) or document.resolve(field.get("FT")) == "Sig"


# -- launch actions ------------------------------------------------------------------------------------------------------------


def _launches(part: Part, seen: _Seen, places: Places) -> Iterator[Fact]:
    told: set[str] = set()
    for number, path, file in seen.launches:
        detail = f"PDF Launch: {file or 'no file named'} ({places.name(number, path)})"
        if detail not in told and len(told) < _LISTED:
            told.add(detail)
            yield part.finding("pdf-launch", detail)


# -- embedded files -------------------------------------------------------------------------------------------------------------


def _files(part: Part, document: Document, seen: _Seen, *, locked: bool, given: set[int]) -> Iterator[Fact]:
    told = 0
    for specification, held in seen.files:
        name = _file_name(document, specification)
        new = False
        for reference in held.values():
            key = reference.number if isinstance(reference, Ref) else -1
            stream = document.resolve(reference)
            if key in seen.attached or not isinstance(stream, Stream):
                continue
            seen.attached.add(key)
            new = True
            for version in (stream, *document.earlier(reference)) if not locked else ():
                if isinstance(version, Stream):
                    yield from _child(part, document, name, version, given, other=version is not stream)
        told += new
        if new and told <= _LISTED:
            kind = "pdf-invoice" if name.lower() in INVOICES and _is_markup(document, held) else "pdf-attachment"
            yield part.finding(kind, f"PDF attachment: {clean(name)}")
    loose = [stream for number, stream in seen.streams.items() if number not in seen.attached]
    if loose:
        # Writers store the packets of XFA forms like this too (12.7.8).
        kind = "XFA packets kept as embedded files" if seen.xfa else "embedded files without a name"
        yield part.finding("pdf-attachment", f"PDF attachment: {kind} ({len(loose)})")
    for stream in loose if not locked else ():
        yield from _child(part, document, "", stream, given)


def _is_markup(document: Document, held: dict[str, Value]) -> bool:
    """Whether each stream of an attached file begins as XML does."""
    streams = [document.resolve(reference) for reference in held.values()]
    begins = [document.content_up_to(stream, 64) for stream in streams if isinstance(stream, Stream)]
    return bool(begins) and all(begin.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") for begin in begins)


def _child(
    part: Part, document: Document, name: str, stream: Stream, given: set[int], *, other: bool = False
) -> Iterator[Fact]:
    """A file that is attached; `other` says that it is one of another revision."""
    key = hash((name, bytes(document.encoded(stream))))
    if key in given:
        return
    given.add(key)
    child = part.child(name, document.content(stream), role="embedded", declared=_media_type(stream))
    yield child
    if other and child.active:
        yield part.finding("revision-differs", f"PDF: the attachment {clean(name)} is another one in another revision")


def _file_name(document: Document, specification: dict[str, Value]) -> str:
    for key in ("UF", "F", "Unix", "DOS", "Mac"):
        value = document.resolve(specification.get(key))
        if isinstance(value, bytes) and value:
            return text(value)
    return ""


def _media_type(stream: Stream) -> str | None:
    subtype = stream.entries.get("Subtype")
    return str(subtype)[:100] if isinstance(subtype, Name) and "/" in subtype else None
