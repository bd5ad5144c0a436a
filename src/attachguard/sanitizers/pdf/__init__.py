"""PDF (ISO 32000-2): actions that run or reach outside, XFA, multimedia, attached files.

qpdf, through pikepdf, reads and writes the file; what is taken out is found by a walk of our own over every object and every container in it, so no
place is missed where an action can hang: catalog, names, pages, annotations, fields, outlines, structure, private data, chains after kept actions.
Saving leaves after what nothing refers to any more, and every older revision.
"""

from __future__ import annotations

import io
from typing import Any, Final

from attachguard.readers.libraries import by_pybind, unheard
from attachguard.sanitizers.pdf.cleaner import Cleaner
from attachguard.sanitizers.pdf.pages import same_pages
from attachguard.sanitizers.record import Cleaned, Refusal, Work

TYPES: Final = frozenset({"pdf"})
REMOVES: Final = {
    "pdf-javascript": "scripts, wherever they hang; a harmless action after one stays",
    "pdf-launch": "actions that start a program",
    "pdf-reference": "form submission, data import, links into other documents, addresses that open by themselves",
    "pdf-multimedia": "sound, film, 3D and rich media: a frame stays that shows what they showed at rest",
    "pdf-xfa-form": "XFA, where the form has ordinary fields as well",
    "pdf-attachment": "attached files, portfolios; the XML of an electronic invoice stays where it is clean",
}
KEEPS: Final = (
    "Pages, text, outlines, web links, form fields and their values, layers, metadata, thumbnails; encryption with the empty password, rights, and "
    "linearization are as before."
)
REFUSES: Final = (
    "Signed files, files that need a password, forms that are XFA only, and files whose cross-reference table has to be guessed and whose pages two "
    "readers see differently."
)

_FAILURES: Final = (RuntimeError, ValueError, TypeError, KeyError, AttributeError, IndexError, NotImplementedError)


@by_pybind
def sanitize(work: Work) -> Cleaned:
    """The file without what is not wanted."""
    import pikepdf

    try:
        with (
            unheard("pikepdf._core"),
            pikepdf.open(io.BytesIO(work.data), password="") as pdf,
        ):  # the password of nobody
            repaired = any("reconstruct" in str(warning) for warning in pdf.get_warnings())
            if repaired and not same_pages(pdf, work):
                raise Refusal("the cross-reference table is damaged, and another reader may see another document")
            Cleaner(pikepdf, pdf, work).run()
            return Cleaned(_saved(pdf))
    except pikepdf.PasswordError as error:
        raise Refusal("encrypted: it cannot be changed, only kept back") from error
    except (pikepdf.PdfError, *_FAILURES) as error:
        raise Refusal(f"too damaged to be rewritten ({type(error).__name__})") from error


def _saved(pdf: Any) -> bytes:
    target = io.BytesIO()
    pdf._count_orphaned_widgets = lambda: 0  # noqa: SLF001 - a warning of the library about fields that only pages refer to
    pdf.save(
        target,
        encryption=True if pdf.is_encrypted else None,
        linearize=bool(pdf.is_linearized),
        fix_metadata_version=False,
        deterministic_id=not pdf.is_encrypted,
    )
    return target.getvalue()
