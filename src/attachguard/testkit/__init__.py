"""Builders of harmless samples by name, for the tests beside rules: a document with this macro, an archive with these members, a mail with this body.

A builder takes keyword arguments of the kinds that TOML has, and gives bytes, the same ones each time. Wherever it takes content it takes text
(which becomes UTF-8) or bytes. What it cannot make of its arguments is a `ValueError` with the remedy. Its docstring is what people read who look for
one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from attachguard.testkit import archives, mails, office

__all__ = ["BUILDERS"]

#: Every builder, by the name that `builder = "…"` of a test calls it.
BUILDERS: Final[dict[str, Callable[..., bytes]]] = {
    "docm": office.docm,
    "docx": office.docx,
    "eml": mails.eml,
    "vba-project": office.vba_project,
    "zip": archives.zip_archive,
}
