"""Whether two readers see the same pages in a damaged PDF: qpdf, which has repaired it, and our own reading by the headers of objects."""

from __future__ import annotations

from typing import Any, Final

from attachguard.errors import LimitExceeded, Malformed
from attachguard.formats.pdf.file import Document
from attachguard.formats.pdf.syntax import Stream, Value
from attachguard.sanitizers.record import Work

_PAGES: Final = 5_000


def same_pages(pdf: Any, work: Work) -> bool:
    """Whether every page has the same content in both readings, in the same order.

    Args:
        pdf: the file as qpdf has it.
        work: the file as it came.
    """
    try:
        document = Document(work.data, work.budget)
        document.unpack()
        ours = _pages(document, work)
        theirs = [[_bytes(each) for each in _listed(page.obj.get("/Contents"))] for page in pdf.pages]
    except (Malformed, LimitExceeded, RuntimeError, ValueError, TypeError, KeyError, AttributeError):
        return False
    return bool(ours) and ours == theirs


def _pages(document: Document, work: Work) -> list[list[bytes]]:
    """The content streams of each page as they are in the file, by our own reading."""
    roots = [document.resolve(trailer["Root"]) for trailer in document.trailers() if "Root" in trailer]
    roots += [value for _, value in document.marked("catalog", "root")] if not roots else []
    catalog = next((root for root in reversed(roots) if isinstance(root, dict) and "Pages" in root), None)
    if catalog is None:
        return []
    found: list[list[bytes]] = []
    waiting: list[Value] = [catalog["Pages"]]
    for _ in range(2 * _PAGES):
        if not waiting:
            return found
        node = document.resolve(waiting.pop(0))
        if not isinstance(node, dict):
            return []
        kids = document.resolve(node.get("Kids"))
        if isinstance(kids, list):
            waiting = [*kids, *waiting]
            continue
        work.budget.check_time()
        contents = document.resolve(node.get("Contents"))
        streams = [document.resolve(each) for each in contents] if isinstance(contents, list) else [contents]
        found.append([bytes(document.encoded(each)).strip() for each in streams if isinstance(each, Stream)])
    return []


def _listed(contents: Any) -> list[Any]:
    import pikepdf

    if isinstance(contents, pikepdf.Array):
        return [each for each in contents if isinstance(each, pikepdf.Stream)]
    return [contents] if isinstance(contents, pikepdf.Stream) else []


def _bytes(stream: Any) -> bytes:
    content: bytes = stream.read_raw_bytes()
    return content.strip()
