"""ASiC containers (ETSI EN 319 162-1): which files of the container the manifest of a CAdES signature names, and whether their digests hold.

Why our own: the manifests are small XML, and no Python package reads ASiC.
"""

from __future__ import annotations

import binascii
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from attachguard.later import later

if TYPE_CHECKING:
    from attachguard.signing.ledger import Sibling

#: `hashlib` names by the URIs of XML Signature (RFC 6931).
DIGEST_URIS: Final = {
    "http://www.w3.org/2001/04/xmldsig-more#md5": "md5",
    "http://www.w3.org/2000/09/xmldsig#sha1": "sha1",
    "http://www.w3.org/2001/04/xmldsig-more#sha224": "sha224",
    "http://www.w3.org/2001/04/xmlenc#sha256": "sha256",
    "http://www.w3.org/2001/04/xmldsig-more#sha384": "sha384",
    "http://www.w3.org/2001/04/xmlenc#sha512": "sha512",
}
_REFERENCE: Final = later(
    rb"<(?:\w{1,20}:)?DataObjectReference\s[^<>]{0,2000}?URI=[\"']([^\"'<>]{1,1000})[\"'][^<>]{0,2000}>"
)
_METHOD: Final = later(rb"<(?:\w{1,20}:)?DigestMethod\s[^<>]{0,500}?Algorithm=[\"']([^\"'<>]{1,200})[\"']")
_VALUE: Final = later(rb"<(?:\w{1,20}:)?DigestValue[^<>]{0,200}>([A-Za-z0-9+/=\s]{1,400})<")
_MOST: Final = 2000


def manifest_coverage(signed: Sibling, members: list[Sibling]) -> str:
    """Whether a signature over one member covers all files of the container: `whole`, or `partial`.

    Args:
        signed: the member that is signed: the only file, or a manifest that names files with their digests.
        members: all members.
    """
    files = {each.name: each for each in members if not _structural(each.name)}
    if not _structural(signed.name):
        return "whole" if set(files) == {signed.name} else "partial"
    text = b"".join(signed.content.pieces)
    starts = [found for found, _ in zip(_REFERENCE.finditer(text), range(_MOST), strict=False)]
    held: set[str] = set()
    for number, reference in enumerate(starts):
        end = starts[number + 1].start() if number + 1 < len(starts) else len(text)
        method, value = _METHOD.search(text, reference.end(), end), _VALUE.search(text, reference.end(), end)
        name = unquote(reference[1].decode("utf-8", "replace"))
        digest = DIGEST_URIS.get(method[1].decode("ascii", "replace"), "") if method is not None else ""
        if name in files and digest and value is not None:
            try:
                claimed = binascii.a2b_base64(value[1])
            except binascii.Error:
                continue
            if files[name].content.digest(digest) == claimed:
                held.add(name)
    return "whole" if files and held == set(files) else "partial"


def _structural(name: str) -> bool:
    """Whether a member belongs to the container and not to its content."""
    return name == "mimetype" or name.upper().startswith("META-INF/")
