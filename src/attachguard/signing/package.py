"""XML signatures inside packages: which members they are, and whether they cover all of the content (ASiC, OpenDocument 1.3 part 2, OPC).

Why our own: no library says which members of a package its signatures leave out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from attachguard.containers.zip import read_member
from attachguard.errors import Malformed
from attachguard.model import Signature
from attachguard.signing import noted
from attachguard.signing.ledger import Ledger
from attachguard.signing.record import NO_LIST
from attachguard.signing.relations import relationships
from attachguard.signing.xmldsig import NAMESPACE, XmlSignature, read_signatures
from attachguard.signing.xmltree import read_tree

if TYPE_CHECKING:
    from attachguard.model import Finding
    from attachguard.part import Part
    from attachguard.readers.zip.archive import Directory, Entry
    from attachguard.signing.references import Resolve

#: Signature members of one package that are checked, and octets of a member that are read to be compared.
_MOST_MEMBERS: Final = 8
_LARGEST: Final = 16 << 20
#: Times one member is read for it: crafted lists name one a thousand times.
_READINGS: Final = 2 * _MOST_MEMBERS
#: What reading and writing anew one member in XML takes, and as many octets of it, see `Budget.spare`.
_LOOKS: Final = 30
_LOOK_BYTES: Final = 100
#: Relationships that Office leaves out of a signature: to the signatures themselves, and to who edited when (ECMA-376 part 2, 13.2.4.10).
_BOOKKEEPING: Final = (
    "http://schemas.openxmlformats.org/package/2006/relationships/digital-signature/",
    "http://schemas.openxmlformats.org/package/2006/relationships/metadata/",
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships/extended-properties",
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships/custom-properties",
    "http://purl.oclc.org/ooxml/officeDocument/relationships/extendedProperties",
    "http://purl.oclc.org/ooxml/officeDocument/relationships/customProperties",
)


def package_signatures(part: Part, directory: Directory, family: str) -> Iterator[Finding]:
    """Check the XML signatures of a package.

    Args:
        part: the package.
        directory: its members.
        family: `ASiC-S`, `ASiC-E`, `ODF` or `OOXML`.
    """
    names = [entry for entry in directory.entries if not entry.folder]
    exact = {entry.name: entry for entry in names}
    read: Counter[str] = Counter()

    def resolve(name: str) -> bytes | None:
        entry = exact.get(name)
        read[name] += 1
        if entry is None or entry.size > _LARGEST or not entry.readable or read[name] > _READINGS:
            return None
        part.budget.check_time()
        content = read_member(part, entry, _LARGEST)
        if content.startswith(b"<") and not part.budget.spare(_LOOKS + len(content) // _LOOK_BYTES):
            raise Malformed("XML signature: more signed XML than is read of one message")
        return content

    found = [entry for entry in names if _signs(entry.name, family)]
    for entry in found[:_MOST_MEMBERS]:
        try:
            text = resolve(entry.name) or b""
            if NAMESPACE not in text:
                continue
            signatures = read_signatures(text, resolve, part.budget.check_time)
        except Malformed as error:
            kind = "OOXML" if family == "OOXML" else f"{family} XAdES"
            yield from noted(part, Signature(format=kind, cause=str(error), trust_cause=NO_LIST))
            continue
        content = {each.name for each in names if _is_content(each.name, family)}
        for signature in signatures:
            yield from _record(
                part, signature, content, _related(names, resolve, part) if family == "OOXML" else {}, family
            )
    if len(found) > _MOST_MEMBERS:
        yield part.finding("signature-not-verified", f"{family}: more signatures than are checked")


def _related(names: list[Entry], resolve: Resolve, part: Part) -> dict[str, frozenset[str]]:
    """The relationships of an Open XML package that are content, by the file that they are in."""
    found: dict[str, frozenset[str]] = {}
    for entry in names:
        lower = entry.name.lower()
        if not lower.endswith(".rels") or lower.startswith("_xmlsignatures/"):
            continue
        try:
            root = read_tree(resolve(entry.name) or b"", part.budget.check_time).root
        except Malformed:
            found[entry.name] = frozenset({""})  # what cannot be read is covered by nothing
            continue
        kinds = relationships(root)
        found[entry.name] = frozenset(each for each, kind in kinds.items() if not kind.startswith(_BOOKKEEPING))
    return found


def _record(
    part: Part, signature: XmlSignature, content: set[str], related: dict[str, frozenset[str]], family: str
) -> Iterator[Finding]:
    loose = sum(len(ids - signature.related.get(name, frozenset())) for name, ids in related.items())
    whole = content <= signature.covered and not loose
    kind = f"{family} {'XAdES' if signature.advanced else 'XML signature'}"
    coverage = "whole" if whole else "partial"
    if not whole and signature.outcome.integrity != "pass":
        coverage = "not-evaluated"
    yield from noted(part, signature.record(kind, coverage, part.context.get(Ledger).trust))
    if coverage == "partial":
        missing = len(content - signature.covered)
        what = f"{missing} of {len(content)} files" if missing else f"{loose} relationships"
        yield part.finding("signature-partial-coverage", f"{kind}: {what} are not covered by it")


def _signs(name: str, family: str) -> bool:
    lower = name.lower()
    if family == "OOXML":
        return lower.startswith("_xmlsignatures/") and lower.endswith(".xml")
    return lower.startswith("meta-inf/") and "signatures" in lower and lower.endswith(".xml")


def _is_content(name: str, family: str) -> bool:
    """Whether a member is content, and not part of the package's own bookkeeping."""
    lower = name.lower()
    if family == "OOXML":
        # Office leaves out who edited when; relationships are signed one by one, by a transform of their own.
        return not (
            lower.startswith(("_xmlsignatures/", "docprops/"))
            or lower.endswith(".rels")
            or lower == "[content_types].xml"
        )
    return lower != "mimetype" and not lower.startswith("meta-inf/")
