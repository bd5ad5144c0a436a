"""Attachments that are not encrypted: documents as citizens send them, and what pretends to be one.

Nothing in here does harm: programs have no code, scripts say hello, macros and links lead nowhere.
"""

from __future__ import annotations

import io
import random
from typing import Any

from benchmarks import workload
from tests.fixtures import doc, html, iso, lnk, ooxml, pe, rtf, svg, tnef, vba, xls
from tests.fixtures.zip import STORED, Member, archive

BAT = b"@echo off\r\nrem a harmless batch file\r\nset NAME=world\r\necho hello %NAME%\r\npause\r\n"
JS = b'var shell = WScript.CreateObject("WScript.Shell");\r\nvar name = "world";\r\nWScript.Echo("hello " + name);\r\n'
HTA = b'<html><head><hta:application id="a" border="thin"/><script language="VBScript">MsgBox "hello"</script></head><body></body></html>\r\n'
CSV = b"Name;Strasse;Betrag\r\nMustermann;Beispielweg 1;120,00\r\nMusterfrau;Musterstr. 2;80,50\r\nMeier;Am Markt 3;15,00\r\n"
LISTING = b"Guten Tag,\r\ndiese Zeilen stehen in unserem Anmeldeskript:\r\n\r\n@echo off\r\nnet use H: \\\\server\\heim\r\necho fertig\r\n\r\nWas ist falsch?\r\n"

_POWERPOINT = "application/vnd.ms-powerpoint.presentation.macroEnabled.main+xml"
_VBA = "http://schemas.microsoft.com/office/2006/relationships/vbaProject"
_VBA_TYPE = "application/vnd.ms-office.vbaProject"


def _random(name: str) -> random.Random:
    """A source of its own for each file, so that adding a story changes no other."""
    return random.Random(name)


def pdf(size: int = 60_000) -> bytes:
    """A few pages with a picture."""
    return workload.pdf(_random("pdf"), size)


def pdf_with_script() -> bytes:
    """A PDF that runs JavaScript when it is opened, written by a PDF library."""
    import pikepdf

    with pikepdf.open(io.BytesIO(pdf(20_000))) as document:
        script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert('Guten Tag');"))
        document.Root.OpenAction = document.make_indirect(script)
        return _saved(document)


def pdf_with_program() -> bytes:
    """A PDF with a Windows program as an attached file."""
    import pikepdf

    with pikepdf.open(io.BytesIO(pdf(20_000))) as document:
        document.attachments["rechnung.exe"] = pikepdf.AttachedFileSpec(document, program())
        return _saved(document)


def _saved(document: Any) -> bytes:
    target = io.BytesIO()
    document.save(target, deterministic_id=True)
    return target.getvalue()


def jpeg(size: int = 90_000) -> bytes:
    """A scan or a photo."""
    return workload.jpeg(_random(f"jpeg{size}"), size)


def png(size: int = 30_000) -> bytes:
    """A screenshot or a logo."""
    return workload.png(_random(f"png{size}"), size)


def docx() -> bytes:
    """A Word document with a picture."""
    return workload.docx(_random("docx"), 30_000)


def xlsx() -> bytes:
    """An Excel workbook with three sheets."""
    return workload.xlsx(_random("xlsx"), 30_000)


def docx_with_field() -> bytes:
    """A Word document whose field starts a program over DDE; the field's name is cut into pieces."""
    return ooxml.word(ooxml.field(" D", "DEAU", "TO c:\\\\windows\\\\system32\\\\cmd.exe ", '"/k calc"'))


def docx_with_template() -> bytes:
    """A Word document that fetches its template, macros included, from a server when it is opened."""
    link = ("rId1", "attachedTemplate", "https://vorlagen.example.org/brief.dotm", "External")
    return ooxml.word(
        parts={
            "word/_rels/settings.xml.rels": ooxml.relationships(link),
            "word/settings.xml": f"<w:settings {ooxml.W}/>",
        }
    )


def docm() -> bytes:
    """A Word document with a macro that runs on opening."""
    return ooxml.word(
        links=(("rId8", _VBA, "vbaProject.bin"),),
        kind=ooxml.WORD_MACRO,
        parts={"word/vbaProject.bin": vba.bare(vba.MACRO)},
        types={"word/vbaProject.bin": _VBA_TYPE},
    )


def pptm() -> bytes:
    """A PowerPoint presentation with a macro."""
    return ooxml.package(
        "ppt/presentation.xml",
        _POWERPOINT,
        {
            "ppt/presentation.xml": '<p:presentation xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"/>',
            "ppt/_rels/presentation.xml.rels": ooxml.relationships(("rId1", _VBA, "vbaProject.bin")),
            "ppt/vbaProject.bin": vba.bare(vba.MACRO),
        },
        {"ppt/vbaProject.bin": _VBA_TYPE},
    )


def old_doc() -> bytes:
    """A Word document of 1997."""
    return doc.document(" ".join(["Guten Tag, hier ist mein Widerspruch."] * 30))


def xls_with_macro_sheet() -> bytes:
    """An Excel workbook of 1997 with a hidden macro sheet that runs on opening."""
    return xls.file(xls.workbook([("Tabelle1", 0, 0), ("Makro1", 1, 2)], extra=xls.auto_open()))


def rtf_with_program() -> bytes:
    """A letter with a program packed into it as an object, its bytes broken up over the text."""
    return rtf.obfuscated_package()


def program() -> bytes:
    """A Windows program without code."""
    return pe.program()


def shortcut() -> bytes:
    """A Windows shortcut that starts a command line and shows the icon of a document."""
    return lnk.shortcut(
        info=lnk.location("C:\\Windows\\System32\\cmd.exe"),
        arguments="/c start calc.exe",
        icon="C:\\Windows\\System32\\imageres.dll",
    )


def disk_image() -> bytes:
    """A CD image with a text and a program."""
    return iso.image({"BLATT4.TXT;1": 0, "SETUP.EXE;1": 1}, {"Blatt vier.txt": 0, "Einrichtung.exe": 1})


def scripted_page() -> bytes:
    """A web page with script."""
    return html.scripted()


def smuggling_page() -> bytes:
    """A web page that puts a ZIP file together in the reader's browser and saves it."""
    return html.in_pieces()


def scripted_drawing() -> bytes:
    """A drawing with script."""
    return svg.scripted()


def outlook_bag(name: str, content: bytes) -> bytes:
    """A winmail.dat as Outlook sends it to strangers, with one file in it."""
    return tnef.tnef(tnef.attachment(b"ANTRAG~1.DOC", content, tnef.long_name(name)))


def zipped(**members: bytes) -> bytes:
    """A ZIP archive; `__` in a name stands for its dot."""
    return archive(*(Member(name.replace("__", "."), content) for name, content in members.items()))


def bomb() -> bytes:
    """A ZIP archive of some 340 KB that unpacks to 340 MB of nothing."""
    one = Member("0.bin", bytes(56 << 20))
    return archive(*(Member(f"{n}.bin", packed=one.packed, crc=one.crc, size=one.size) for n in range(6)))


def nested_archive() -> bytes:
    """A program in a ZIP in a ZIP."""
    return archive(Member("innen.zip", zipped(rechnung__exe=program()), method=STORED))
