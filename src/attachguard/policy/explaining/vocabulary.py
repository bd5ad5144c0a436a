"""Names of what policies speak of, for people: types, groups, roles, states of encryption, ways to sign. What is not here keeps its name."""

from __future__ import annotations

from typing import Final

TYPES_DE: Final = {
    "pdf": "PDF-Dokument", "doc": "Word-97–2003-Dokument", "docx": "Word-Dokument", "docm": "Word-Dokument mit Makros", "dotx": "Word-Vorlage",
    "dotm": "Word-Vorlage mit Makros", "xls": "Excel-97–2003-Arbeitsmappe", "xls5": "Excel-5/95-Arbeitsmappe", "biff": "Excel-2–4-Tabelle",
    "xlsx": "Excel-Arbeitsmappe", "xlsm": "Excel-Arbeitsmappe mit Makros", "xlsb": "binäre Excel-Arbeitsmappe",
    "ppt": "PowerPoint-97–2003-Präsentation",
    "pptx": "PowerPoint-Präsentation", "pptm": "PowerPoint-Präsentation mit Makros", "ooxml-enc": "verschlüsseltes Office-Dokument",
    "odt": "OpenDocument-Text", "ods": "OpenDocument-Tabelle", "odp": "OpenDocument-Präsentation", "odg": "OpenDocument-Zeichnung",
    "rtf": "Rich-Text-Format", "txt": "reiner Text", "csv": "Tabelle als Text (CSV)", "xml": "XML-Datei", "html": "HTML-Seite",
    "xhtml": "XHTML-Seite",
    "json": "JSON-Datei", "jpg": "JPEG-Bild", "png": "PNG-Bild", "gif": "GIF-Bild", "tif": "TIFF-Bild", "bmp": "BMP-Bild", "heic": "HEIC-Bild",
    "svg": "SVG-Zeichnung", "zip": "ZIP-Archiv", "7z": "7z-Archiv", "rar": "RAR-Archiv", "tar": "TAR-Archiv", "gz": "GZIP-Datei",
    "bz2": "BZIP2-Datei",
    "xz": "XZ-Datei", "cab": "CAB-Archiv", "iso": "CD-Abbild", "img": "Datenträgerabbild", "vhd": "Datenträgerabbild (VHD)",
    "lnk": "Windows-Verknüpfung",
    "pe": "Windows-Programm", "elf": "Linux-Programm", "msg": "Outlook-Nachricht", "eml": "E-Mail", "mbox": "Postfachdatei",
    "pkcs7": "Signatur (PKCS#7)",
    "pgp": "PGP-Datei", "dwg": "AutoCAD-Zeichnung", "dxf": "DXF-Zeichnung", "one": "OneNote-Abschnitt", "asice": "ASiC-E-Behälter",
    "asics": "ASiC-S-Behälter",
    "uue": "uuencode-Text", "yenc": "yEnc-Text", "hqx": "BinHex-Text", "applesingle": "AppleSingle-Datei",
}  # fmt: skip

GROUPS_DE: Final = {
    "archive": "Archive", "audio": "Ton", "crypto": "Verschlüsseltes und Signaturen", "database": "Datenbanken", "document": "Dokumente",
    "executable": "Programme", "font": "Schriften", "image": "Bilder", "macro": "Makros", "mail": "Nachrichten", "presentation": "Präsentationen",
    "script": "Skripte", "spreadsheet": "Tabellen", "text": "Texte", "unknown": "Unbekanntes", "video": "Filme",
}  # fmt: skip

#: English and German, in whatever part of a sentence.
ROLES: Final = {
    "message": ("the message itself", "die Nachricht selbst"), "body": ("the text of the mail", "den Text der E-Mail"),
    "inline": ("a picture that the text shows", "ein Bild, das der Text zeigt"), "attachment": ("an attachment", "eine Anlage"),
    "member": ("a file in an archive", "eine Datei in einem Archiv"), "embedded": ("a file inside a document", "eine Datei in einem Dokument"),
    "layer": ("a script or text in a file", "ein Skript oder einen Text in einer Datei"),
}  # fmt: skip

ENCRYPTION: Final = {
    "none": ("not encrypted", "nicht verschlüsselt"), "opens-without-password": ("opens without a password", "lässt sich ohne Kennwort öffnen"),
    "default-password": ("locked with a password that everybody knows", "mit allgemein bekanntem Kennwort verschlossen"),
    "known-password": ("locked with a known password", "mit bekanntem Kennwort verschlossen"),
    "unknown-password": ("locked with an unknown password", "mit unbekanntem Kennwort verschlossen"),
    "key-held": ("encrypted for a key that is held here", "für einen hier vorhandenen Schlüssel verschlüsselt"),
    "key-elsewhere": ("encrypted for a key further on", "für einen Schlüssel an anderer Stelle des Hauses verschlüsselt"),
    "unknown-key": ("encrypted for an unknown key", "für einen unbekannten Schlüssel verschlüsselt"),
    "unsupported-scheme": ("encrypted in a way that is not supported", "mit einem nicht unterstützten Verfahren verschlüsselt"),
}  # fmt: skip

#: Ways to sign, under the names that laws and programs have for them.
SIGNED_AS: Final = {
    "pdf": "PAdES (PDF)", "cms-detached": "CAdES detached (p7s)", "cms-enveloping": "CAdES enveloping (p7m)", "smime": "S/MIME", "xml": "XAdES (XML)",
    "ooxml": "Office Open XML", "odf": "OpenDocument", "asic": "ASiC", "pgp": "OpenPGP",
}  # fmt: skip
