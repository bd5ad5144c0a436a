"""What no scanner that gives this report can go below, in libraries that are C: decode, hash, match; and, deeper, inflate and match again.

The rules are fifteen of the kind every mail gateway has. They are not attachguard's own: a floor must not move with what it measures.
"""

from __future__ import annotations

import email
import email.policy
import hashlib
import io
import zipfile
from collections.abc import Callable, Iterator

import pybase64
import yara
from isal import isal_zlib

RULES = r"""
rule pe_exe { condition: uint16(0) == 0x5a4d and uint32(uint32(0x3c)) == 0x4550 }
rule lnk { condition: uint32(0) == 0x4c and uint32(4) == 0x21401 }
rule ole2 { condition: uint32(0) == 0xe011cfd0 }
rule zip_enc { condition: uint32(0) == 0x04034b50 and uint16(6) & 1 == 1 }
rule vba_project { strings: $a = "vbaProject.bin" nocase $b = "_VBA_PROJECT" wide condition: any of them }
rule vba_auto { strings: $a = "AutoOpen" nocase $b = "Document_Open" nocase $c = "Workbook_Open" nocase $d = "Auto_Close" nocase condition: any of them }
rule vba_shell { strings: $a = "WScript.Shell" nocase $b = "CreateObject" nocase $c = "powershell" nocase wide ascii condition: 2 of them }
rule pdf_js { strings: $p = "%PDF-" $a = "/JavaScript" $b = /\/JS[ (<]/ condition: $p in (0..1024) and any of ($a,$b) }
rule pdf_open { strings: $a = "/OpenAction" $b = "/Launch" $c = "/EmbeddedFile" condition: uint32(0) == 0x46445025 and any of them }
rule rtf_obj { strings: $a = "\\objdata" nocase $b = "\\objupdate" nocase condition: uint32(0) == 0x74725c7b and any of them }
rule html_smuggling { strings: $a = "msSaveOrOpenBlob" $b = "URL.createObjectURL" $c = "atob(" condition: 2 of them }
rule eicar { strings: $a = "EICAR-STANDARD-ANTIVIRUS-TEST" condition: $a }
rule enc_ooxml { strings: $a = "EncryptedPackage" wide $b = "EncryptionInfo" wide condition: uint32(0) == 0xe011cfd0 and all of them }
rule ps_b64 { strings: $a = /-e(nc|ncodedcommand)?\s+[A-Za-z0-9+\/=]{40,}/ nocase condition: $a }
rule xl4 { strings: $a = "xl/macrosheets/" condition: $a }
"""
_MARK = b"Content-Transfer-Encoding: base64\r\n"

Floor = Callable[[bytes], None]


def _bodies(raw: bytes) -> Iterator[bytes]:
    """The base64 bodies of a message of the workload, without parsing it."""
    at = raw.find(_MARK)
    while at >= 0:
        begin = raw.find(b"\r\n\r\n", at) + 4
        end = raw.find(b"\r\n--", begin)
        end = len(raw) if end < 0 else end
        yield pybase64.b64decode(raw[begin:end].translate(None, b"\r\n"), validate=True)
        at = raw.find(_MARK, end)


def _members(data: bytes) -> Iterator[bytes | memoryview]:
    """The members of a ZIP archive by its directory, unpacked."""
    if not data.startswith(b"PK\3\4"):
        return
    for info in zipfile.ZipFile(io.BytesIO(data)).infolist():
        if info.flag_bits & 1:
            continue
        at = info.header_offset
        begin = (
            at
            + 30
            + int.from_bytes(data[at + 26 : at + 28], "little")
            + int.from_bytes(data[at + 28 : at + 30], "little")
        )
        packed = memoryview(data)[begin : begin + info.compress_size]
        yield isal_zlib.decompress(packed, -15) if info.compress_type == zipfile.ZIP_DEFLATED else packed


def floor(*, deep: bool, messages: bool) -> Floor:
    """What is run against the scanner: on messages or on attachments; `deep` goes into archives, too."""
    rules = yara.compile(source=RULES)

    def run(raw: bytes) -> None:
        for content in _bodies(raw) if messages else (raw,):
            hashlib.sha256(content).hexdigest()
            rules.match(data=content)
            if deep:
                for member in _members(content):
                    rules.match(data=member)

    return run


def library_parser(raw: bytes) -> None:
    """Read a message with the standard library: its structure and the decoded content of each part, and nothing else."""
    for part in email.message_from_bytes(raw, policy=email.policy.default).walk():
        if not part.is_multipart():
            part.get_payload(decode=True)
