"""Names of what policies speak of, for people: types, groups, roles, states of encryption, ways to sign. What is not here keeps its name."""

from __future__ import annotations

from typing import Final

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
