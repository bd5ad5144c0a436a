"""Whether a signature is a qualified one (Regulation (EU) 910/2014, articles 3 and 28; ETSI EN 319 412-5; ETSI TS 119 615).

Three things together make it one: a trust list names the issuer as a granted service for qualified certificates; the certificate itself states that
it is qualified, for signatures or seals; and it states that its key is in a qualified device. The first is the list's word, the others are the
certificate's, which the issuer answers for.

Why our own: no library reads these statements of a certificate.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from attachguard.errors import Malformed
from attachguard.readers.crypto import der
from attachguard.readers.crypto.certificate import extension

if TYPE_CHECKING:
    from attachguard.readers.crypto.certificate import Certificate

_STATEMENTS: Final = "1.3.6.1.5.5.7.1.3"
_COMPLIANCE: Final = "0.4.0.1862.1.1"
_DEVICE: Final = "0.4.0.1862.1.4"
_KIND: Final = "0.4.0.1862.1.6"
#: Signatures and seals; the third kind is for web sites.
_KINDS: Final = frozenset({"0.4.0.1862.1.6.1", "0.4.0.1862.1.6.2"})
_MOST: Final = 50


def statements(certificate: Certificate) -> dict[str, frozenset[str]]:
    """The QCStatements of a certificate (EN 319 412-5, 4), each with the object identifiers that are in it; empty where there are none."""
    value = extension(certificate.encoded, _STATEMENTS)
    found: dict[str, frozenset[str]] = {}
    if not value:
        return found
    try:
        for statement in der.read(value).child_list(_MOST):
            members = statement.child_list(2)
            more = members[1].child_list(_MOST) if len(members) > 1 else []
            if members:
                found[members[0].oid()] = frozenset(each.oid() for each in more)
    except Malformed:
        return {}
    return found


def shortcoming(certificate: Certificate) -> str:
    """What a certificate does not state that a qualified signature needs; empty where it states it all."""
    stated = statements(certificate)
    if _COMPLIANCE not in stated:
        return "the certificate does not say that it is qualified"
    if _KIND in stated and not stated[_KIND] & _KINDS:
        return "the certificate is qualified for something other than signatures"
    if _DEVICE not in stated:
        return "the certificate does not say that its key is in a qualified device"
    return ""
