"""Files of trust lists: PEM with a date, or the XML of a European trusted list (ETSI TS 119 612).

    # date: 2026-11-01
    # service: CA/QC
    -----BEGIN CERTIFICATE-----

The line with the service says what the certificates below it are listed for; without one the list does not tell which are qualified.

Why our own: the packages for trusted lists fetch them, and a scan has no network.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from attachguard.errors import Malformed, OperatorError
from attachguard.readers.crypto.certificate import pem_blocks, read_certificate
from attachguard.signing.references import decoded
from attachguard.signing.trust import Anchor
from attachguard.signing.xmldsig import read_signatures
from attachguard.signing.xmltree import Node, read_tree

_DATE: Final = re.compile(rb"^#\s{0,8}date:\s{0,8}(\d{4}-\d{2}-\d{2})\s{0,8}$", re.MULTILINE | re.IGNORECASE)
_SERVICE: Final = re.compile(
    rb"^#[ \t]{0,8}service:[ \t]{0,8}([!-~]{1,100})[ \t]{0,8}\r?$", re.MULTILINE | re.IGNORECASE
)
_ISSUING: Final = b"CA/QC"
_SPACE: Final = "http://uri.etsi.org/02231/v2#"
_ISSUING_URI: Final = "http://uri.etsi.org/TrstSvc/Svctype/CA/QC"
#: States under which a service counts (TS 119 612, 5.5.4): granted, or listed by a member state of its own accord.
_STANDING: Final = frozenset(
    f"http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/{state}" for state in ("granted", "recognisedatnationallevel")
)

Read = tuple[list[Anchor], str, str]


def read_trust_file(file: Path) -> Read:
    """Entries of a list, its date, and the day by which there is a newer one.

    Raises:
        OSError: the file cannot be read.
        OperatorError: it has no date, no certificate that can be read, or was changed.
    """
    text = file.read_bytes()
    found = _xml(text, file) if text.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") else _pem(text, file)
    if not found[0]:
        raise OperatorError("no certificate (a PEM block CERTIFICATE, or a service that is granted)", file=str(file))
    return found


def _pem(text: bytes, file: Path) -> Read:
    date = _DATE.search(text)
    if date is None:
        raise OperatorError("a trust list says when it was made, on a line like '# date: 2026-11-01'", file=str(file))
    anchors: list[Anchor] = []
    services = list(_SERVICE.finditer(text))
    ends = [service.start() for service in services] + [len(text)]
    start, kind = 0, None
    for number, end in enumerate(ends):
        for label, content in pem_blocks(text[start:end]):
            if label == "CERTIFICATE":
                anchors.append(_anchor(content, kind, file))
        start, kind = end, services[number][1].upper() == _ISSUING if number < len(services) else None
    return anchors, date[1].decode(), ""


def _anchor(content: bytes, qualified: bool | None, file: Path, *, conditional: bool = False) -> Anchor:  # noqa: FBT001 - a fact
    try:
        return Anchor(read_certificate(content), qualified, conditional)
    except Malformed as error:
        raise OperatorError(f"a certificate in it cannot be read ({error})", file=str(file)) from error


def _xml(text: bytes, file: Path) -> Read:
    """The standing services of a trusted list; its own signature is checked as far as it can be."""
    try:
        root = read_tree(text, _never).root
        changed = any(each.outcome.integrity == "fail" for each in read_signatures(text, _nothing, _never))
    except Malformed as error:
        raise OperatorError(f"cannot be read ({error})", file=str(file)) from error
    if not root.is_a(_SPACE, "TrustServiceStatusList"):
        raise OperatorError("is XML, but no trusted list (TrustServiceStatusList)", file=str(file))
    if changed:
        raise OperatorError("was changed after it was signed; fetch it anew", file=str(file))
    scheme = root.first(_SPACE, "SchemeInformation")
    date = _text(scheme, "ListIssueDateTime")[:10]
    update = scheme.first(_SPACE, "NextUpdate") if scheme is not None else None
    if not date:
        raise OperatorError("has no date of issue (ListIssueDateTime)", file=str(file))
    anchors: list[Anchor] = []
    for service in root.walk():
        if not service.is_a(_SPACE, "ServiceInformation") or _text(service, "ServiceStatus") not in _STANDING:
            continue
        qualified = _text(service, "ServiceTypeIdentifier") == _ISSUING_URI
        conditional = any(each.local == "Qualifications" for each in service.walk())
        identity = service.first(_SPACE, "ServiceDigitalIdentity")
        encoded = (
            decoded(each.text()) or b""
            for each in (identity.walk() if identity is not None else ())
            if each.is_a(_SPACE, "X509Certificate")
        )
        anchors += [_anchor(each, qualified, file, conditional=conditional) for each in encoded]
    return anchors, date, _text(update, "dateTime")[:10]


def _text(holder: Node | None, local: str) -> str:
    found = holder.first(_SPACE, local) if holder is not None else None
    return found.text().strip() if found is not None else ""


def _never() -> None:
    """The operator's own file is read without a limit of time."""


def _nothing(_name: str) -> bytes | None:
    return None
