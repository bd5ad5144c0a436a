"""Documents in ZIP that are encrypted by themselves: what their manifests and marks say of it, while the members look like any others.

OpenDocument and HWPX are read by their own module; here stand iWork, EPUB and every other package that has the manifests of OCF or OpenDocument.

References: OCF 3.3 (META-INF/encryption.xml, rights.xml), Readium LCP (license.lcpl), XML Encryption 1.1; iWork's format is not published: the
verifier of its password is a member of its own.
"""

from __future__ import annotations

from typing import Final

from attachguard.codes import EncryptionState
from attachguard.containers.zip import read_member
from attachguard.later import later
from attachguard.part import Part
from attachguard.readers.zip.archive import Directory

#: Bytes of a manifest that are read.
_READ: Final = 1 << 20
#: Members that hold the verifier of an iWork document's password, by version of iWork.
_IWORK: Final = {".iwpv2": "iWork: AES-128", ".iwpv": "iWork '09: AES-128", ".iwpv1": "iWork '09: AES-128"}
_RIGHTS: Final = ("meta-inf/license.lcpl", "meta-inf/rights.xml")
_METHOD: Final = later(rb"EncryptionMethod\s[^<>]{0,400}?Algorithm\s*=\s*[\"']([^\"']{1,300})")
#: What only keeps fonts from being copied out, with a key that everybody has.
_FONTS: Final = (b"idpf.org/2008/embedding", b"ns.adobe.com/pdf/enc#rc")

Lock = tuple[EncryptionState, str]


def package_lock(part: Part, directory: Directory, kind: str, *, own: bool) -> Lock | None:
    """How the package is locked; None where it is not.

    Args:
        part: the archive.
        directory: its members.
        kind: what sort of package it is; empty for none that is known.
        own: whether another module reads its manifest.
    """
    names = directory.by_name
    for name, scheme in _IWORK.items():
        if name in names:
            return "unknown-password", scheme
    if kind == "epub" and any(name in names for name in _RIGHTS):
        return "unknown-key", "EPUB: rights management"
    manifest = names.get("meta-inf/encryption.xml")
    if manifest is not None:
        methods = [method.lower() for method in _METHOD.findall(read_member(part, manifest, _READ))]
        if any(not method.endswith(_FONTS) for method in methods):
            return "unknown-key", "package: members encrypted by META-INF/encryption.xml"
    manifest = names.get("meta-inf/manifest.xml") if not own else None
    if manifest is not None and b"encryption-data" in read_member(part, manifest, _READ):
        return "unknown-password", "package: members encrypted by its manifest"
    return None
