"""Kinds of findings about what acts by itself: programs, scripts, macros, active content."""

from __future__ import annotations

from typing import Final

TABLE: Final = """
# -- programs and scripts
windows-program|executable-content|Windows program|Windows-Programm
unix-program|executable-content|ELF program|ELF-Programm
mac-program|executable-content|Mach-O program|Mach-O-Programm
windows-shortcut|executable-content|Windows shortcut|Windows-Verknüpfung
program-by-name|executable-content|program, judging by its name; content not readable|dem Namen nach ein Programm, Inhalt nicht lesbar
launcher|script-content|file that starts something when it is opened|Datei, die beim Öffnen etwas startet
script-by-name|script-content|script, judging by its name; content not readable|dem Namen nach ein Skript, Inhalt nicht lesbar
# -- macros
vba|macro-content|VBA macros|VBA-Makros
vba-auto-exec|macro-content|VBA macros that run by themselves|VBA-Makros, die von selbst laufen
vba-suspicious|macro-content|VBA macros with suspicious words|VBA-Makros mit verdächtigen Wörtern
vba-stomped|macro-content|compiled VBA without its source|übersetztes VBA ohne seinen Quelltext
xlm|macro-content|Excel 4 macros (XLM)|Excel-4-Makros (XLM)
wordbasic|macro-content|WordBasic macros|WordBasic-Makros
odf-basic|macro-content|Basic macros in OpenDocument|Basic-Makros in OpenDocument
odf-basic-encrypted|macro-content|encrypted Basic macros in OpenDocument|verschlüsselte Basic-Makros in OpenDocument
odf-script|macro-content|script macros in OpenDocument|Skript-Makros in OpenDocument
wps-javascript|macro-content|JavaScript macros of WPS Office|JavaScript-Makros von WPS Office
hwp-script|macro-content|script of the Hangul word processor|Skript der Hangul-Textverarbeitung
vba-empty|macro-content|VBA project without code|VBA-Projekt ohne Code
odf-basic-empty|hidden-content|Basic modules without code|Basic-Module ohne Code
calendar-procedure|active-content|alarm in a calendar that runs a program|Erinnerung in einem Kalender, die ein Programm startet
# -- pages and drawings
html-script|active-content|script in an HTML page|Skript in einer HTML-Seite
html-handler|active-content|event handler in an HTML page|Ereignisbehandlung in einer HTML-Seite
html-script-link|active-content|link that runs script in an HTML page|Verweis, der Skript ausführt, in einer HTML-Seite
html-protocol-link|active-content|link that starts a program of the system in an HTML page|Verweis, der ein Programm des Systems startet, in einer HTML-Seite
html-refresh|active-content|HTML page that opens another by itself|HTML-Seite, die von selbst eine andere öffnet
html-object|active-content|object or applet in an HTML page|Objekt oder Applet in einer HTML-Seite
html-smuggling|active-content|file put together by script in an HTML page|Datei, die ein Skript in einer HTML-Seite zusammensetzt
svg-script|active-content|script in an SVG drawing|Skript in einer SVG-Zeichnung
svg-handler|active-content|event handler in an SVG drawing|Ereignisbehandlung in einer SVG-Zeichnung
svg-script-link|active-content|link that runs script in an SVG drawing|Verweis, der Skript ausführt, in einer SVG-Zeichnung
svg-protocol-link|active-content|link that starts a program of the system in an SVG drawing|Verweis, der ein Programm des Systems startet, in einer SVG-Zeichnung
svg-refresh|active-content|SVG drawing that opens another page by itself|SVG-Zeichnung, die von selbst eine andere Seite öffnet
svg-object|active-content|object or applet in an SVG drawing|Objekt oder Applet in einer SVG-Zeichnung
svg-smuggling|active-content|file put together by script in an SVG drawing|Datei, die ein Skript in einer SVG-Zeichnung zusammensetzt
xhtml-script|active-content|script in an XHTML page|Skript in einer XHTML-Seite
xhtml-handler|active-content|event handler in an XHTML page|Ereignisbehandlung in einer XHTML-Seite
xhtml-script-link|active-content|link that runs script in an XHTML page|Verweis, der Skript ausführt, in einer XHTML-Seite
xhtml-protocol-link|active-content|link that starts a program of the system in an XHTML page|Verweis, der ein Programm des Systems startet, in einer XHTML-Seite
xhtml-refresh|active-content|XHTML page that opens another by itself|XHTML-Seite, die von selbst eine andere öffnet
xhtml-object|active-content|object or applet in an XHTML page|Objekt oder Applet in einer XHTML-Seite
xhtml-smuggling|active-content|file put together by script in an XHTML page|Datei, die ein Skript in einer XHTML-Seite zusammensetzt
body-script|body-script|script in the text of a mail|Skript im Text einer Mail
body-handler|body-script|event handler in the text of a mail|Ereignisbehandlung im Text einer Mail
body-handler-idle|body-script|event handler in the text of a mail that no mail program runs|Ereignisbehandlung im Text einer Mail, die kein Mailprogramm ausführt
body-amp-script|body-script|script of AMP in the AMP form of a mail|AMP-Skript in der AMP-Fassung einer Mail
body-script-link|body-script|link that runs script in the text of a mail|Verweis, der Skript ausführt, im Text einer Mail
xml-data-style-sheet|active-content|XML style sheet in a data: URL|XML-Formatvorlage in einer data:-URL
xml-entity-script|active-content|XML entity that holds script|XML-Entität, die Skript enthält
xslt-script|active-content|script in an XSLT style sheet|Skript in einer XSLT-Formatvorlage
xslt-extension|active-content|XSLT extension that runs code|XSLT-Erweiterung, die Code ausführt
# -- documents
dde-field|active-content|field that starts a program over DDE|Feld, das über DDE ein Programm startet
dde-link|active-content|link over DDE|Verknüpfung über DDE
dde-formula|active-content|formula that starts a program over DDE|Formel, die über DDE ein Programm startet
activex-control|active-content|ActiveX control|ActiveX-Steuerelement
ribbon-callback|active-content|ribbon element that calls a macro|Menüband-Element, das ein Makro aufruft
slide-action|active-content|PowerPoint action that starts something|PowerPoint-Aktion, die etwas startet
office-add-in|active-content|Office add-in that the document brings along|Office-Add-in, das das Dokument mitbringt
odf-macro-call|active-content|event or link that calls a macro in OpenDocument|Ereignis oder Verweis, der in OpenDocument ein Makro aufruft
pdf-javascript|active-content|JavaScript in a PDF|JavaScript in einer PDF-Datei
pdf-form-function|active-content|PDF form whose scripts only call Acrobat's functions for fields|PDF-Formular, dessen Skripte nur die Feldfunktionen von Acrobat aufrufen
postscript-command|active-content|PostScript that gives a command to the system|PostScript, das dem System einen Befehl gibt
postscript-file|active-content|PostScript that writes, renames or deletes files|PostScript, das Dateien schreibt, umbenennt oder löscht
pdf-launch|active-content|PDF action that starts a program|PDF-Aktion, die ein Programm startet
pdf-xfa-script|active-content|script in an XFA form|Skript in einem XFA-Formular
"""
