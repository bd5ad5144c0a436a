"""A second opinion on a PDF by qpdf: decryption, and the file as its cross-reference table says it is.

Only files under a password come here, and those whose objects may not be what a plain reading shows. What qpdf makes of them is written out as a
plain copy (decrypted, object streams dissolved), and the same questions are asked of that copy as of any other PDF.
"""

from __future__ import annotations

import io
from typing import Any, Final, NamedTuple

from attachguard.formats.pdf.secret import Lock, encoded
from attachguard.part import Part
from attachguard.passwords import Candidates
from attachguard.readers.libraries import by_pybind, unheard

#: Memory that qpdf may use to undo one filter of one stream.
_FILTER_MEMORY: Final = 64 << 20
#: About how many seconds it takes qpdf to open a file, and how many bytes of it it reads in one.
_OPENING_COST: Final = 0.002
_OPENING_SPEED: Final = 50 << 20
#: What pikepdf raises besides its own errors where a file is damaged.
FAILURES: Final = (RuntimeError, ValueError, TypeError)
#: Operations that permission bits (7.6.4.2, table 22) can forbid, by bit value.
_PERMISSIONS: Final = (
    (1 << 2, "printing"),
    (1 << 3, "changing"),
    (1 << 4, "copying"),
    (1 << 5, "commenting"),
    (1 << 8, "filling in forms"),
    (1 << 9, "extracting for accessibility"),
    (1 << 10, "assembling pages"),
    (1 << 11, "printing in high quality"),
)


#: The kind of finding that says of each of these operations that it is forbidden.
PERMISSIONS: Final = {
    "printing": "pdf-no-printing",
    "printing in high quality": "pdf-no-printing",
    "changing": "pdf-no-changing",
    "copying": "pdf-no-copying",
    "extracting for accessibility": "pdf-no-copying",
    "commenting": "pdf-no-commenting",
    "filling in forms": "pdf-no-form-filling",
    "assembling pages": "pdf-no-assembling",
}


class Opened(NamedTuple):
    """What came of opening a PDF.

    Args:
        copy: the plain copy; empty where qpdf could not write one.
        encrypted: whether the file is encrypted at all.
        origin: where the password came from that opened it, in whichever of its two roles; empty for the empty password.
        as_user: whether that is the password which readers try first.
        scheme: cipher and key length in plain words.
        forbidden: operations that the permission bits forbid.
        rebuilt: whether its cross-reference table was of no use, so that another reader may find other objects.
    """

    copy: bytes
    encrypted: bool
    origin: str
    as_user: bool
    scheme: str
    forbidden: tuple[str, ...]
    rebuilt: bool


class Locked(Exception):
    """No password at hand opens the file."""


class Refused(Exception):
    """qpdf cannot make sense of the file."""


def open_plain(part: Part, lock: Lock | None = None) -> Opened:
    """Open a PDF with the empty password or one of those at hand, and copy it without encryption.

    Args:
        part: the PDF.
        lock: tests passwords without opening the file, where that is possible.

    Raises:
        Locked: it needs another password.
        Refused: it is too damaged, or its encryption is not known.
    """
    part.budget.check_time()
    opened = _open(part, b"", "") if lock is None or not lock.usual or lock.fits(b"") else None
    if opened is not None:
        return opened if opened.as_user or not opened.encrypted or lock is None else _as_user(part, opened, lock)
    cost = 0.0 if lock is not None else _OPENING_COST + len(part.data) / _OPENING_SPEED
    for candidate in part.context.get(Candidates).offer(part, cost):
        for password in encoded(candidate.word, lock.revision if lock is not None else 0):
            if lock is None or lock.fits(password):
                opened = _open(part, password, candidate.origin)
                if opened is not None:
                    part.context.get(Candidates).opened(candidate)
                    return opened
    raise Locked


def _as_user(part: Part, opened: Opened, lock: Lock) -> Opened:
    """A file that the empty password opens as its owner only, which readers do not try: whether the user's password is at hand."""
    for candidate in part.context.get(Candidates).offer(part):
        if any(lock.fits(password) for password in encoded(candidate.word, lock.revision)):
            part.context.get(Candidates).opened(candidate)
            return opened._replace(origin=candidate.origin)
    return opened


@by_pybind
def _open(part: Part, password: bytes, origin: str) -> Opened | None:
    """The file under a password; None where it is the wrong one."""
    import pikepdf

    _bound_memory()
    try:
        with unheard("pikepdf._core"), pikepdf.open(io.BytesIO(part.data), password=password) as pdf:
            return copy_of(pikepdf, pdf, part, origin)
    except pikepdf.PasswordError:
        return None
    except (pikepdf.PdfError, *FAILURES) as error:
        raise Refused(type(error).__name__) from error


def copy_of(pikepdf: Any, pdf: Any, part: Part, origin: str) -> Opened:
    """The plain copy of an opened file, and what is known of its encryption."""
    scheme, denied = _scheme(pdf.encryption) if pdf.is_encrypted else ("", ())
    # Read before saving, which resets them.
    encrypted, as_user = bool(pdf.is_encrypted), bool(pdf.user_password_matched)
    rebuilt = any("reconstruct" in str(warning) for warning in pdf.get_warnings())
    target = io.BytesIO()
    # Saving warns of form fields that only pages refer to; filters of warnings belong to the whole process, so the count is left out here.
    pdf._count_orphaned_widgets = lambda: 0  # noqa: SLF001
    try:
        pdf.save(
            target,
            encryption=False,
            compress_streams=False,
            stream_decode_level=pikepdf.StreamDecodeLevel.none,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
            fix_metadata_version=False,
            static_id=True,
        )
        copy = target.getvalue()
    except (pikepdf.PdfError, RuntimeError, ValueError):
        copy = b""
    part.budget.charge(len(copy))
    return Opened(copy, encrypted, origin, as_user, scheme, denied, rebuilt)


def _scheme(encryption: Any) -> tuple[str, tuple[str, ...]]:
    """Cipher and key length, and the operations that the permission bits forbid."""
    if encryption.V >= 5:
        cipher = "AES-256"
    elif encryption.V == 4:
        method = str(encryption.stream_method)
        cipher = "AES-128" if "aes" in method else "RC4-128" if "rc4" in method else "attachments only"
    else:
        cipher = f"RC4-{encryption.bits}"
    return cipher, forbidden(encryption.P & 0xFFFFFFFF, encryption.R)


def forbidden(permissions: int, revision: int) -> tuple[str, ...]:
    """The operations that permission bits forbid."""
    # Bits 9 to 12 mean something from revision 3 on.
    highest = 1 << 5 if revision < 3 else 1 << 11
    return tuple(name for bit, name in _PERMISSIONS if bit <= highest and not permissions & bit)


def _bound_memory() -> None:
    """Give qpdf a ceiling where the operator has set none: by default a small stream may unpack to any size."""
    from pikepdf import settings

    now = settings.get_qpdf_limits()
    names = ("flate_max_memory", "run_length_max_memory", "png_max_memory", "tiff_max_memory")
    missing = {name: _FILTER_MEMORY for name in names if not now[name]}
    if missing:
        settings.set_qpdf_limits(**missing)  # type: ignore[arg-type]
