"""The words of `policy explain` for what a policy accepts: each phrase in English and in German."""

from __future__ import annotations

from typing import Final

LISTED: Final = {
    "type": ("File type", "Dateiformat"),
    "suffixes": ("Suffixes", "Endungen"),
    "on-condition": ("Condition", "Bedingung"),
    "any-type": (
        "There is no list of accepted formats: what no rule names may come in.",
        "Es gibt keine Liste angenommener Formate: was keine Regel nennt, darf kommen.",
    ),
    "charset": ("in {charsets}", "in {charsets}"),
    "versions": ("version {versions}", "Version {versions}"),
    "pdf-a": ("claims PDF/A ({parts}); the claim is not validated", "gibt sich als PDF/A aus ({parts}); die Angabe wird nicht validiert"),
    "beside": ("only beside {types}", "nur neben {types}"),
    "blocked": ("These are blocked: {types}.", "Gesperrt sind: {types}."),
    "mail-charsets": ("Texts of the mail are written in {charsets}.", "Texte der E-Mail sind in {charsets} geschrieben."),
    "basis-wire": (
        ", counted as sent, encoding included; exactly that much passes",
        ", gezählt wie gesendet, mit Kodierung; genau so viel geht durch",
    ),
    "basis-decoded": (", counted decoded; exactly that much passes", ", gezählt nach der Dekodierung; genau so viel geht durch"),
    "dates": (" ({days})", " ({days})"),
    "soft": (". This is an advice: more is flagged", ". Das ist ein Richtwert: mehr wird vermerkt"),
    "rules-disable": ("Matches of these YARA rules are not heard: {value}.", "Treffer dieser YARA-Regeln werden übergangen: {value}."),
    "rules-nursery": (
        "These YARA rules are only tried; their matches are reported, and nothing follows: {value}.",
        "Diese YARA-Regeln werden nur erprobt; ihre Treffer stehen im Bericht, und nichts folgt daraus: {value}.",
    ),
    "called": ("Matches of YARA rules{which} count as: {code}.", "Treffer von YARA-Regeln{which} gelten als: {code}."),
    "called-names": (" named {value}", " mit dem Namen {value}"),
    "called-namespaces": (" in {value}", " in {value}"),
    "called-tags": (" with the tag {value}", " mit dem Kennzeichen {value}"),
    "called-least": (" with a score from {value}", " mit einem Wert ab {value}"),
    "called-most": (" with a score up to {value}", " mit einem Wert bis {value}"),
    "name-length": ("A file name has at most {value} characters.", "Ein Dateiname hat höchstens {value} Zeichen."),
    "name-signature-length": (
        "The name of a signature file has at most {value} characters.",
        "Der Name einer Signaturdatei hat höchstens {value} Zeichen.",
    ),
    "name-allowed": ("A file name is made of these characters: {value}", "Ein Dateiname besteht aus diesen Zeichen: {value}"),
    "name-forbidden": ("A file name does not contain: {value}", "Ein Dateiname enthält nicht: {value}"),
    "name-spaces": ("A file name has no blanks.", "Ein Dateiname hat keine Leerzeichen."),
    "name-dots": ("A file name has at most {value} dots.", "Ein Dateiname hat höchstens {value} Punkte."),
    "name-reserved": ("These names are reserved: {value}.", "Diese Namen sind reserviert: {value}."),
    "name-pattern": ("A file name has the form: {value}", "Ein Dateiname hat die Form: {value}"),
    "name-unique": ("No two attachments have the same name.", "Keine zwei Anlagen haben denselben Namen."),
    "archive-formats": ("Archives are taken as: {value}.", "Archive werden angenommen als: {value}."),
    "archive-members": ("Archives contain nothing but: {value}.", "Archive enthalten nichts als: {value}."),
    "archive-nesting": ("Archives are nested at most {value} deep.", "Archive stehen höchstens {value} tief in Archiven."),
    "archive-folders-true": ("Archives may have folders.", "Archive dürfen Ordner haben."),
    "archive-folders-false": ("Archives have no folders.", "Archive haben keine Ordner."),
    "archive-sfx-true": ("Archives may unpack themselves.", "Archive dürfen sich selbst entpacken."),
    "archive-sfx-false": ("Archives do not unpack themselves.", "Archive entpacken sich nicht selbst."),
    "archive-max-members": ("An archive has at most {value} files.", "Ein Archiv hat höchstens {value} Dateien."),
    "archive-max-unpacked": ("An archive unpacks to at most {value}.", "Ein Archiv entpackt sich auf höchstens {value}."),
    "signature-required": ("These must be signed: {value}.", "Signiert sein müssen: {value}."),
    "signature-formats": ("Signatures are taken as: {value}.", "Signaturen werden angenommen als: {value}."),
    "signature-pairing": (
        "A signature file is named after its document (x.pdf.p7s next to x.pdf).",
        "Eine Signaturdatei heißt wie ihr Dokument (x.pdf.p7s neben x.pdf).",
    ),
    "key-elsewhere": (
        "Mail encrypted for these is passed on unopened: {value}.",
        "Für diese Verschlüsseltes wird ungeöffnet weitergegeben: {value}.",
    ),
    "on-signed-withhold": (
        "Signed content is never altered; where something would have to be taken out, all of it is kept back.",
        "Signiertes wird nie verändert; wo etwas herauszunehmen wäre, bleibt das Ganze zurück.",
    ),
    "on-signed-reject": (
        "Signed content is never altered; where something would have to be taken out, the mail is refused.",
        "Signiertes wird nie verändert; wo etwas herauszunehmen wäre, wird die E-Mail abgewiesen.",
    ),
    "on-signed-deliver-as-is": (
        "Signed content is never altered and delivered as it is.",
        "Signiertes wird nie verändert und so zugestellt, wie es ist.",
    ),
    "decrypted": (
        "A file under a known password that is cleaned is delivered without its password.",
        "Eine Datei unter bekanntem Passwort wird, wenn sie bereinigt wird, ohne ihr Passwort weitergegeben.",
    ),
    "binding-all": ("Mail is legally binding only at: {addresses}.", "Rechtsverbindlich sind E-Mails nur an: {addresses}."),
    "binding-signed": ("Signed mail is legally binding only at: {addresses}.", "Signierte E-Mails sind rechtsverbindlich nur an: {addresses}."),
    "headers": (
        "The experimental field MIME-Ambiguity-Results is added in the name of {host}.",
        "Das versuchsweise Feld MIME-Ambiguity-Results wird im Namen von {host} hinzugefügt.",
    ),
    "receipt": ("A routing slip is given on: {channels}.", "Einen Laufzettel gibt es über: {channels}."),
    "listed-roles": ("The list is asked for {value}.", "Die Liste gilt für {value}."),
    "name-path": (
        "In an archive, a name with its folders has at most {value} characters.",
        "In einem Archiv hat ein Name mit seinen Ordnern höchstens {value} Zeichen.",
    ),
    "name-roles": ("The rules for names apply to {value}.", "Die Regeln für Namen gelten für {value}."),
    "links": ("Texts have no links to the web.", "Texte enthalten keine Verweise ins Netz."),
    "archive-nesting-0": ("Archives are not nested.", "Archive stehen nicht in Archiven."),
    "signature-mail": ("The mail itself must be signed.", "Die E-Mail selbst muss signiert sein."),
    "signature-containers": (
        "One signature does not cover a container of several files.",
        "Eine Signatur umfasst keinen Behälter mit mehreren Dateien.",
    ),
    "allowed-senders": ("Only these may write: {value}.", "Schreiben dürfen nur: {value}."),
    "blocked-senders": ("These senders are of bad repute: {value}.", "Als Absender nicht vertrauenswürdig sind: {value}."),
}  # fmt: skip
