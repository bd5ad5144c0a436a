"""Kinds of findings about names, types, mail, encryption, signatures and the scan itself."""

from __future__ import annotations

from typing import Final

TABLE: Final = """
# -- names and types
name-direction|filename-deceptive|writing direction overridden in the name|Schreibrichtung im Namen umgekehrt
name-control|filename-deceptive|control character in the name|Steuerzeichen im Namen
name-class-id|filename-deceptive|class identifier after the extension|Klassenkennung nach der Endung
name-padded|filename-deceptive|extension pushed aside by blanks|Endung durch Leerzeichen verdeckt
name-look-alike|filename-deceptive|look-alike letters in the extension|ähnlich aussehende Buchstaben in der Endung
name-double|filename-deceptive|double extension|doppelte Endung
name-stream|filename-deceptive|alternate data stream in the name|alternativer Datenstrom im Namen
name-dots|filename-deceptive|dots or blanks after the extension|Punkte oder Leerzeichen nach der Endung
two-types|polyglot-file|file that is two things at once|Datei, die zweierlei zugleich ist
appended-file|polyglot-file|another file after the end|weitere Datei nach dem Ende
# -- mail
returned-cut|malformed-file|file in a returned original that the mail server cut|Datei in einem zurückgesandten Original, das der Mailserver gekürzt hat
readings-differ|ambiguous-mime|mail programs read different contents|Mailprogramme lesen Verschiedenes
too-large-to-compare|ambiguous-mime|message too large to be read in every way|Nachricht zu groß, um auf jede Weise gelesen zu werden
member-type|archive-member-rejected|type of an archive member|Typ eines Archivmitglieds
archive-format|type-not-allowed|archive format that is not accepted|Archivformat, das nicht angenommen wird
malware-engine|malware-signature|found by the malware engine|vom Virenscanner gefunden
yara-match|malware-suspected|match of a YARA rule|Treffer einer YARA-Regel
engine-failed|scan-incomplete|malware engine failed|Virenscanner ausgefallen
key-store-failed|scan-incomplete|key store gave no answer|Schlüsselspeicher ohne Antwort
message-size-advised|message-too-large|message larger than advised|Nachricht größer als empfohlen
attachment-size-advised|attachment-too-large|attachment larger than advised|Anlage größer als empfohlen
pdf-producer|format-version-not-allowed|PDF made by a program that is not accepted|PDF-Datei aus einem Programm, das nicht angenommen wird
pdf-link|linked-content|link in a PDF|Verweis in einer PDF-Datei
attachments-advised|too-many-attachments|more attachments than advised|mehr Anlagen als empfohlen
recipients-advised|too-many-recipients|more recipients than advised|mehr Empfänger als empfohlen
spam-not-checked|spam-not-evaluated|nobody checked for spam|niemand hat auf Spam geprüft
malware-not-checked|scan-incomplete|no malware engine answered|kein Virenscanner hat geantwortet
sender-not-checked|sender-reputation|nobody checked the sender|niemand hat den Absender geprüft
trust-not-checked|signature-trust-not-evaluated|nobody checked the trust in a signature|niemand hat das Vertrauen in eine Signatur geprüft
# -- encryption
smime-unknown-key|encrypted-unknown-key|S/MIME for certificates whose keys are not available here|S/MIME für Zertifikate, deren Schlüssel hier fehlen
smime-algorithm|encryption-scheme-not-supported|S/MIME for a key at hand, with an algorithm that is not supported|S/MIME für einen vorhandenen Schlüssel, mit nicht unterstütztem Verfahren
# -- signatures
signature-pdf|signature-present|signature in a PDF|Signatur in einer PDF-Datei
signature-cms|signature-present|CMS signature|CMS-Signatur
signature-openpgp|signature-present|OpenPGP signature|OpenPGP-Signatur
signature-xml|signature-present|XML signature|XML-Signatur
signature-office|signature-present|signature in an Office document|Signatur in einem Office-Dokument
signature-odf|signature-present|signature in OpenDocument|Signatur in OpenDocument
signature-asic|signature-present|signature in an ASiC container|Signatur in einem ASiC-Container
usage-rights|signature-present|usage rights of a PDF reader, signed by its maker|Nutzungsrechte eines PDF-Leseprogramms, von dessen Hersteller signiert
signature-code|signature-present|signature of a program or package|Signatur eines Programms oder Pakets
"""
