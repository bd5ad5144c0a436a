"""What the inspectors of OpenDocument, zipped and flat, share.

Why our own: the libraries for OpenDocument build object trees and look for neither macros nor references.
"""

from __future__ import annotations

from typing import Final

from attachguard.types import filetypes

_MEDIA_TYPES: Final = ("application/vnd.oasis.opendocument.", "application/vnd.sun.xml.")
#: Documents that are archives: OpenDocument, its forerunner and its kin.
ZIPPED: Final = frozenset(
    [
        "hwpx",
        "oxt",
        *(key for key in filetypes.refinements("zip") if filetypes.TYPES[key].mime.startswith(_MEDIA_TYPES)),
    ]
)
