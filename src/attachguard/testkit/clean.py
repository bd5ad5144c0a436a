"""Files as ordinary mail brings them, built here: what no rule may match.

They are what rules are most often wrong about: running text, web pages with scripts, macros that calculate, archives, tables, pictures. They prove
no rule right; real mail of one's own proves more, and `attachguard scan` takes a folder of it.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from struct import pack
from typing import Final

from attachguard.testkit import BUILDERS

_LETTER: Final = (
    "Sehr geehrte Damen und Herren,\r\n\r\nanbei erhalten Sie die Rechnung Nr. 2026-0815 über 1.234,56 EUR. Bitte überweisen Sie den Betrag "
    "bis zum 31.01.2026.\r\nFür Fragen stehen wir unter +49 228 555 0100 oder https://www.example.org/kontakt zur Verfügung.\r\n\r\n"
    "Dear Sir or Madam, please find attached the invoice; open it, print it, and let us know whether the password for the portal works. "
    "The command line of the new program is described in the manual on page 12.\r\n\r\nMit freundlichen Grüßen\r\nErika Muster\r\n"
)
_SCRIPT: Final = """(function () {
  'use strict';
  var menu = document.getElementById('menu'), items = menu.querySelectorAll('a[href]');
  function toggle(event) { event.preventDefault(); menu.classList.toggle('open'); }
  for (var i = 0; i < items.length; i++) { items[i].addEventListener('click', toggle, false); }
  window.setTimeout(function () { menu.style.display = 'block'; }, 200);
  var query = encodeURIComponent(document.title), stored = JSON.parse(window.localStorage.getItem('settings') || '{}');
  fetch('/suche?q=' + query).then(function (answer) { return answer.json(); }).then(function (found) { stored.last = found.length; });
}());
"""
_PAGE: Final = """<h1>Rundbrief Januar</h1><p>Guten Tag, hier sind die <a href="https://www.example.org/neues?id=7&amp;s=a">Neuigkeiten</a>.</p>
<table style="width:100%"><tr><td><img src="https://www.example.org/logo.png" alt="Logo" width="120"></td></tr></table>
<form action="/suche" method="get"><input type="text" name="q"><input type="submit" value="Suchen"></form>
"""
_MACRO: Final = """Option Explicit
Sub Summe()
    Dim Zeile As Long, Gesamt As Double
    For Zeile = 2 To Cells(Rows.Count, 1).End(xlUp).Row
        Gesamt = Gesamt + Cells(Zeile, 3).Value
    Next Zeile
    MsgBox "Summe: " & Format(Gesamt, "#,##0.00")
End Sub
Function Steuer(Betrag As Double) As Double
    Steuer = Round(Betrag * 0.19, 2)
End Function
"""
_BATCH: Final = r"""@echo off
rem Sicherung der Ablage
set ZIEL=D:\Sicherung\%DATE%
xcopy C:\Ablage "%ZIEL%" /e /i /y
if errorlevel 1 pause
"""
_SHELL: Final = """#!/bin/sh
set -eu
for file in "$@"; do
    gzip -9 -c "$file" > "$file.gz"
done
"""
_POWERSHELL: Final = r"""param([string]$Ordner = 'C:\Ablage')
Get-ChildItem $Ordner -Recurse | Where-Object Length -gt 10MB | Sort-Object Length | Format-Table
"""
_PYTHON: Final = """import csv, sys

with open(sys.argv[1], newline='') as file:
    print(sum(float(row[2]) for row in csv.reader(file)))
"""
_STYLE: Final = "body { font: 14px/1.5 Arial, sans-serif; color: #333 }\n.menu a:hover { text-decoration: underline }\n"
_FEED: Final = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0"><channel><title>Neues</title><item><title>Eins</title></item></channel></rss>
"""


def _table() -> bytes:
    rows = (f"2026-01-{day:02},Posten {day},{day * 13.37:.2f},bezahlt" for day in range(1, 29))
    return "\r\n".join(("Datum,Text,Betrag,Stand", *rows, "")).encode()


def _records() -> bytes:
    rows = ",".join(
        f'{{"id": {number}, "name": "Posten {number}", "tags": ["a", "b"], "ok": true}}' for number in range(40)
    )
    return f'{{"items": [{rows}], "next": null}}'.encode()


def _picture() -> bytes:
    """A PNG of a slope of greys, whose data looks like noise once it is packed."""
    side = 96
    rows = b"".join(b"\0" + bytes((x * y * 7 + x) % 251 for x in range(side)) for y in range(side))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return pack(">I", len(data)) + kind + data + pack(">I", zlib.crc32(kind + data))

    head = pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")


def _mail() -> bytes:
    attachments = {"rechnung.pdf": BUILDERS["pdf"](text=_LETTER[:200]), "tabelle.csv": _table(), "logo.png": _picture()}
    return BUILDERS["eml"](text=_LETTER, html=_PAGE, attachments=attachments)


def _archive() -> bytes:
    return BUILDERS["zip"](
        members={"brief.txt": _LETTER, "bilder/logo.png": _picture(), "tabelle.csv": _table(), "stil.css": _STYLE}
    )


_FILES: Final[dict[str, Callable[[], bytes]]] = {
    "brief.txt": _LETTER.encode,
    "brief-latin.txt": lambda: _LETTER.encode("latin-1"),
    "brief-utf16.txt": lambda: _LETTER.encode("utf-16"),
    "rundbrief.html": lambda: BUILDERS["html"](body=_PAGE, script=_SCRIPT),
    "menue.js": _SCRIPT.encode,
    "stil.css": _STYLE.encode,
    "tabelle.csv": _table,
    "daten.json": _records,
    "neues.xml": _FEED.encode,
    "logo.png": _picture,
    "zeichnung.svg": lambda: BUILDERS["svg"](content='<circle cx="50" cy="50" r="40" fill="#c00"/>'),
    "rechnung.pdf": lambda: BUILDERS["pdf"](text=_LETTER[:200], uri="https://www.example.org/kontakt"),
    "brief.docx": lambda: BUILDERS["docx"](text=_LETTER),
    "rechnung.docm": lambda: BUILDERS["docm"](macro=_MACRO),
    "tabelle.xlsm": lambda: BUILDERS["xlsm"](macro=_MACRO),
    "brief.doc": lambda: BUILDERS["doc"](text=_LETTER, macro=_MACRO),
    "tabelle.xls": lambda: BUILDERS["xls"](macro=_MACRO),
    "brief.rtf": lambda: BUILDERS["rtf"](
        body=r"\pard Sehr geehrte Damen und Herren,\par anbei die \b Rechnung\b0 .\par"
    ),
    "notizen.one": lambda: BUILDERS["onenote"](attached={"tabelle.csv": _table()}, text="Notizen zur Sitzung"),
    "termin.ics": lambda: BUILDERS["ics"](summary="Sitzung", description="Raum 12, bitte pünktlich"),
    "karte.vcf": lambda: BUILDERS["vcf"](lines=["TEL;TYPE=work:+49 228 555 0100"]),
    "ablage.zip": _archive,
    "ablage.iso": lambda: BUILDERS["iso"](members={"brief.txt": _LETTER, "tabelle.csv": _table()}),
    "programm.lnk": lambda: BUILDERS["lnk"](target="C:\\Programme\\Fach\\fach.exe", arguments="/start"),
    "sicherung.bat": _BATCH.encode,
    "packen.sh": _SHELL.encode,
    "liste.ps1": _POWERSHELL.encode,
    "summe.py": _PYTHON.encode,
    "nachricht.eml": _mail,
}


def clean() -> Iterator[tuple[str, bytes]]:
    """Name and bytes of each clean file, the same ones each time."""
    for name, build in _FILES.items():
        yield name, build()
