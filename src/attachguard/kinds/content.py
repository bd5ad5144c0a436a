"""Kinds of findings about what a file holds and refers to."""

from __future__ import annotations

from typing import Final

TABLE: Final = """
# -- what is fetched or opened from elsewhere
attached-template|external-reference|attached template|angehängte Vorlage
ole-link|external-reference|linked OLE object|verknüpftes OLE-Objekt
ole-link-remote|external-reference|linked OLE object on a web server|verknüpftes OLE-Objekt auf einem Webserver
remote-code|external-reference|frame, sub-document or other content from elsewhere that acts in the document|Rahmen, Filialdokument oder anderer Inhalt von anderswo, der im Dokument wirkt
network-path|external-reference|network path that is followed when the document opens, with the recipient's credentials|Netzwerkpfad, dem beim Öffnen mit den Anmeldedaten des Empfängers gefolgt wird
network-path-link|external-reference|link to a network path on another host|Verweis auf einen Netzwerkpfad bei einem fremden Rechner
protocol-moniker|external-reference|address that runs something when the document opens|Adresse, die beim Öffnen des Dokuments etwas ausführt
protocol-link|external-reference|link that runs something when it is followed|Verweis, der beim Anklicken etwas ausführt
own-network-reference|external-reference|reference to a host on the internal network, which nobody outside can reach|Verweis auf einen Rechner im eigenen Netz, den von außen niemand erreicht
linked-picture|external-reference|picture that is fetched when the document opens|Bild, das beim Öffnen des Dokuments geholt wird
fetched-content|external-reference|content that is fetched when the document opens|Inhalt, der beim Öffnen des Dokuments geholt wird
fetching-field|external-reference|field that fetches a file|Feld, das eine Datei holt
web-video|external-reference|film on a web page|Film auf einer Webseite
fetching-function|external-reference|spreadsheet function that fetches something|Tabellenfunktion, die etwas holt
data-connection|external-reference|data connection|Datenverbindung
html-remote-script|external-reference|script from elsewhere in an HTML page|Skript von anderswo in einer HTML-Seite
html-network-path|external-reference|network path in an HTML page|Netzwerkpfad in einer HTML-Seite
html-frame|external-reference|frame from elsewhere in an HTML page|Rahmen von anderswo in einer HTML-Seite
html-form-target|external-reference|form of an HTML page that sends elsewhere|Formular einer HTML-Seite, das nach anderswo sendet
html-style-sheet|external-reference|style sheet from elsewhere in an HTML page|Formatvorlage von anderswo in einer HTML-Seite
html-picture|external-reference|picture from elsewhere in an HTML page|Bild von anderswo in einer HTML-Seite
svg-remote-script|external-reference|script from elsewhere in an SVG drawing|Skript von anderswo in einer SVG-Zeichnung
svg-network-path|external-reference|network path in an SVG drawing|Netzwerkpfad in einer SVG-Zeichnung
svg-frame|external-reference|frame from elsewhere in an SVG drawing|Rahmen von anderswo in einer SVG-Zeichnung
svg-form-target|external-reference|form of an SVG drawing that sends elsewhere|Formular einer SVG-Zeichnung, das nach anderswo sendet
svg-style-sheet|external-reference|style sheet from elsewhere in an SVG drawing|Formatvorlage von anderswo in einer SVG-Zeichnung
svg-picture|external-reference|picture from elsewhere in an SVG drawing|Bild von anderswo in einer SVG-Zeichnung
xhtml-remote-script|external-reference|script from elsewhere in an XHTML page|Skript von anderswo in einer XHTML-Seite
xhtml-network-path|external-reference|network path in an XHTML page|Netzwerkpfad in einer XHTML-Seite
xhtml-frame|external-reference|frame from elsewhere in an XHTML page|Rahmen von anderswo in einer XHTML-Seite
xhtml-form-target|external-reference|form of an XHTML page that sends elsewhere|Formular einer XHTML-Seite, das nach anderswo sendet
xhtml-style-sheet|external-reference|style sheet from elsewhere in an XHTML page|Formatvorlage von anderswo in einer XHTML-Seite
xhtml-picture|external-reference|picture from elsewhere in an XHTML page|Bild von anderswo in einer XHTML-Seite
xml-external-dtd|external-reference|document type from elsewhere|Dokumenttyp von anderswo
xml-external-entity|external-reference|XML entity from elsewhere|XML-Entität von anderswo
xml-style-sheet|external-reference|XML style sheet from elsewhere|XML-Formatvorlage von anderswo
xml-instruction|external-reference|XML instruction that fetches something|XML-Anweisung, die etwas holt
pdf-reference|external-reference|PDF action that opens or sends something elsewhere|PDF-Aktion, die etwas anderswo öffnet oder dorthin sendet
launcher-reference|external-reference|address that a shortcut or setting opens|Adresse, die eine Verknüpfung oder Einstellung öffnet
calendar-network-path|external-reference|network path or protocol in a calendar|Netzwerkpfad oder Protokoll in einem Kalender
card-network-path|external-reference|network path or protocol in a contact card|Netzwerkpfad oder Protokoll in einer Visitenkarte
calendar-file|embedded-file|file inside a calendar|Datei in einem Kalender
card-file|embedded-file|file inside a contact card|Datei in einer Visitenkarte
shortcut-path|external-reference|network path in a Windows shortcut|Netzwerkpfad in einer Windows-Verknüpfung
attachment-by-reference|external-reference|attachment that lies elsewhere|Anhang, der anderswo liegt
# -- what lies inside
ole-object|embedded-object|OLE object|OLE-Objekt
equation-exploit|malware-suspected|equation that overruns the Equation Editor|Formel, die den Formel-Editor überlaufen lässt
equation-unread|uninspectable-content|equation whose data cannot be read|Formel, deren Daten nicht lesbar sind
object-unread|uninspectable-content|object whose header cannot be read|Objekt, dessen Kopf nicht lesbar ist
equation-object|embedded-object|Equation Editor object|Objekt des Formel-Editors
activex-object|embedded-object|ActiveX object in Word XML|ActiveX-Objekt in Word-XML
odf-object|embedded-object|object in OpenDocument|Objekt in OpenDocument
packaged-file|embedded-file|packaged file|verpackte Datei
stream-file|embedded-file|file in a stream of a compound file|Datei in einem Strom einer Verbunddatei
packaged-link|embedded-file|packaged link|verpackte Verknüpfung
embedded-document|embedded-file|embedded document|eingebettetes Dokument
alternative-chunk|embedded-file|file that is taken into the document on opening|Datei, die beim Öffnen ins Dokument übernommen wird
onenote-file|embedded-file|file attached to a OneNote page|Datei auf einer OneNote-Seite
pdf-attachment|embedded-file|PDF attachment|Anhang einer PDF-Datei
pdf-invoice|embedded-file|XML of an electronic invoice in a PDF|XML-Datei einer elektronischen Rechnung in einer PDF-Datei
invoice-attachment|embedded-file|attachment of an electronic invoice|Anhang einer elektronischen Rechnung
shortcut-overlay|embedded-file|data appended to a Windows shortcut|an eine Windows-Verknüpfung angehängte Daten
pdf-form|form-fields-present|PDF form|PDF-Formular
pdf-xfa-form|form-fields-present|XFA form|XFA-Formular
html-form|form-fields-present|form in an HTML page|Formular in einer HTML-Seite
svg-form|form-fields-present|form in an SVG drawing|Formular in einer SVG-Zeichnung
xhtml-form|form-fields-present|form in an XHTML page|Formular in einer XHTML-Seite
pdf-multimedia|multimedia-content|sound, film or 3D in a PDF|Ton, Film oder 3D in einer PDF-Datei
pdf-no-printing|pdf-permissions-restricted|PDF that may not be printed|PDF-Datei, die nicht gedruckt werden darf
pdf-no-copying|pdf-permissions-restricted|PDF that may not be copied from|PDF-Datei, aus der nicht kopiert werden darf
pdf-no-changing|pdf-permissions-restricted|PDF that may not be changed|PDF-Datei, die nicht geändert werden darf
pdf-no-commenting|pdf-permissions-restricted|PDF that may not be commented on|PDF-Datei, die nicht kommentiert werden darf
pdf-no-form-filling|pdf-permissions-restricted|PDF whose forms may not be filled in|PDF-Datei, deren Formulare nicht ausgefüllt werden dürfen
pdf-no-assembling|pdf-permissions-restricted|PDF whose pages may not be assembled|PDF-Datei, deren Seiten nicht zusammengestellt werden dürfen
"""
