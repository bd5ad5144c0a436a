"""The words of `policy explain` in English and German, and conditions of rules in words."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Final

from attachguard.policy.rules import Rule

if TYPE_CHECKING:
    from attachguard.outcome.templates import Templates

_PHRASES: Final = {
    "accepted": ("What is accepted", "Was angenommen wird"),
    "otherwise": ("What happens otherwise", "Was sonst geschieht"),
    "strongest": (
        "All reasons are collected and reported; the strongest action decides. Where a silent reason meets one that is told, nobody is told.",
        ("Alle Gründe werden gesammelt und berichtet; die stärkste Folge entscheidet. "
        "Trifft ein stiller Grund auf einen mit Nachricht, wird niemand benachrichtigt."),
    ),
    "default": ("Anything else: {action}.", "Alles andere: {action}."),
    "version": ("Policy {id}, version {version}.", "Regelwerk {id}, Fassung {version}."),
    "source": ("Text: {source}.", "Text: {source}."),
    "valid": ("Valid from {begins} until {ends}.", "Gültig von {begins} bis {ends}."),
    "mode-report": ("It only reports and refuses nothing.", "Es berichtet nur und weist nichts ab."),
    "mode-include-only": ("It is a list for other policies.", "Es ist eine Liste für andere Regelwerke."),
    "passwords": (
        "Passwords of the operator that are tried on locked files: {count}.",
        "Passwörter des Betreibers, die an verschlossenen Dateien versucht werden: {count}.",
    ),
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
    "blocked": ("Blocked: {types}.", "Gesperrt: {types}."),
    "mail-charsets": ("Texts of the mail in {charsets}.", "Texte der E-Mail in {charsets}."),
    "bound-message-size": ("The whole message: at most {most}", "Die ganze Nachricht: höchstens {most}"),
    "bound-attachment-size": ("One attachment: at most {most}", "Eine Anlage: höchstens {most}"),
    "bound-attachments-size": ("All attachments together: at most {most}", "Alle Anlagen zusammen: höchstens {most}"),
    "bound-attachments": ("Number of attachments: at most {most}", "Zahl der Anlagen: höchstens {most}"),
    "bound-recipients": ("Number of recipients: at most {most}", "Zahl der Empfänger: höchstens {most}"),
    "basis-wire": (" as sent, encoding included; exactly that much passes", ", wie gesendet, mit Kodierung; genau so viel geht durch"),
    "basis-decoded": (" decoded; exactly that much passes", ", dekodiert; genau so viel geht durch"),
    "on-channel": (" (on {names})", " (über {names})"),
    "dates": (" (from {begins} until {ends})", " (von {begins} bis {ends})"),
    "soft": (" – an advice: more is flagged", " – ein Richtwert: mehr wird vermerkt"),
    "name-length": ("File names: at most {value} characters.", "Dateinamen: höchstens {value} Zeichen."),
    "name-signature-length": ("Names of signature files: at most {value} characters.", "Namen von Signaturdateien: höchstens {value} Zeichen."),
    "name-allowed": ("File names are made of: {value}", "Dateinamen bestehen aus: {value}"),
    "name-forbidden": ("File names without: {value}", "Dateinamen ohne: {value}"),
    "name-spaces": ("File names without blanks.", "Dateinamen ohne Leerzeichen."),
    "name-dots": ("File names with at most {value} dots.", "Dateinamen mit höchstens {value} Punkten."),
    "name-reserved": ("Reserved names: {value}.", "Reservierte Namen: {value}."),
    "name-pattern": ("File names of the form: {value}", "Dateinamen der Form: {value}"),
    "name-unique": ("No two attachments of one name.", "Keine zwei Anlagen gleichen Namens."),
    "archive-formats": ("Archives: {value}.", "Archive: {value}."),
    "archive-members": ("In archives only: {value}.", "In Archiven nur: {value}."),
    "archive-nesting": ("Archives in archives: {value} levels.", "Archive in Archiven: {value} Stufen."),
    "archive-folders-true": ("Archives may hold folders.", "Archive dürfen Ordner enthalten."),
    "archive-folders-false": ("Archives without folders.", "Archive ohne Ordner."),
    "archive-sfx-true": ("Archives may unpack themselves.", "Archive dürfen sich selbst entpacken."),
    "archive-sfx-false": ("No archives that unpack themselves.", "Keine selbstentpackenden Archive."),
    "archive-max-members": ("At most {value} files in an archive.", "Höchstens {value} Dateien in einem Archiv."),
    "archive-max-unpacked": ("An archive unpacks to at most {value} bytes.", "Ein Archiv entpackt sich auf höchstens {value} Bytes."),
    "signature-required": ("These must be signed: {value}.", "Signiert sein müssen: {value}."),
    "signature-formats": ("Signatures as: {value}.", "Signaturen als: {value}."),
    "signature-pairing": (
        "A signature file is named after its document (x.pdf.p7s beside x.pdf).",
        "Eine Signaturdatei heißt wie ihr Dokument (x.pdf.p7s neben x.pdf).",
    ),
    "on-signed-withhold": (
        "Signed content is never altered; where something would have to be taken out, the whole of it is kept back.",
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
    "binding-all": ("Legally binding only at: {addresses}.", "Rechtsverbindlich nur an: {addresses}."),
    "binding-signed": ("Signed mail is legally binding only at: {addresses}.", "Signierte E-Mails rechtsverbindlich nur an: {addresses}."),
    "receipt": ("A routing slip is given on: {channels}.", "Einen Laufzettel gibt es über: {channels}."),
    "when": ("When", "Wenn"),
    "then": ("Then", "Dann"),
    "clause": ("Clause", "Fundstelle"),
    "not-evaluated": ("Checks that nobody made", "Prüfungen, die niemand gemacht hat"),
    "unchecked": ("{check}: {action}", "{check}: {action}"),
    "exceptions": ("Agreed exceptions", "Vereinbarte Ausnahmen"),
    "until": (", until {day}", ", bis {day}"),
    "override": ("Instead for {where} {title}", "Stattdessen für {where} {title}"),
    "not-decidable": ("Not decidable by a machine", "Nicht maschinell entscheidbar"),
    "sentence": ("Sentence", "Satz"),
    "because": ("Because", "Weil"),
    "verdict-of": ("Verdict about {source}", "Urteil über {source}"),
    "policy-of": ("Judged under {id}, version {version}.", "Geprüft nach {id}, Fassung {version}."),
    "other-policy": ("The clauses shown are those of {id}, version {version}.", "Die gezeigten Fundstellen sind die von {id}, Fassung {version}."),
    "verdict": ("Outcome: {action}, {scope}.", "Ergebnis: {action}, {scope}."),
    "finding": ("Finding", "Befund"),
    "part": ("Part", "Teil"),
    "rule": ("Rule", "Regel"),
    "no-rule": ("no rule names it", "keine Regel nennt es"),
    "action-deliver": ("delivered", "zugestellt"),
    "action-flag": ("delivered with a remark", "zugestellt mit Vermerk"),
    "action-sanitize": ("cleaned", "bereinigt"),
    "action-withhold": ("kept back, the rest delivered", "zurückbehalten, der Rest zugestellt"),
    "action-defer": ("refused for now, to be sent again (4xx)", "vorläufig abgewiesen, zum erneuten Senden (4xx)"),
    "action-quarantine": ("kept for a person to decide", "zurückgehalten, ein Mensch entscheidet"),
    "action-reject": ("refused in the session (5xx)", "in der Sitzung abgewiesen (5xx)"),
    "action-discard": ("dropped in silence", "ohne Nachricht verworfen"),
    "scope-attachment": ("this attachment", "diese Anlage"),
    "scope-message": ("the whole message", "die ganze Nachricht"),
    "notify-none": ("nobody is told", "niemand wird benachrichtigt"),
    "notify-sender": ("the sender is told", "der Absender wird benachrichtigt"),
    "notify-sender-if-valid": ("the sender is told if proven", "der Absender wird benachrichtigt, wenn er belegt ist"),
    "notify-recipient": ("the addressee is told", "der Empfänger wird benachrichtigt"),
    "notify-both": ("sender and addressee are told", "Absender und Empfänger werden benachrichtigt"),
    "label": ("legal effect: {label}", "Rechtsfolge: {label}"),
    "tag": ("subject marked {tag}", "Betreff mit {tag}"),
    "hold": ("kept {days} days", "{days} Tage aufbewahrt"),
    "origin-text": ("the text says so", "der Text sagt es"),
    "origin-inferred": ("follows from the text", "folgt aus dem Text"),
    "origin-operator": ("the operator's choice", "Wahl des Betreibers"),
    "types": ("type {value}", "Format {value}"),
    "groups": ("kind {value}", "Art {value}"),
    "roles": ("as {value}", "als {value}"),
    "suffixes-condition": ("name ends in {value}", "Name endet auf {value}"),
    "media": ("declared as {value}", "angegeben als {value}"),
    "channels": ("on {value}", "über {value}"),
    "recipients": ("to {value}", "an {value}"),
    "senders": ("from {value}", "von {value}"),
    "encryption": ("encryption {value}", "Verschlüsselung {value}"),
    "detail": ("namely {value}", "nämlich {value}"),
    "mentions": ("with {value}", "mit {value}"),
    "signed-true": ("signed", "signiert"),
    "signed-false": ("not signed", "nicht signiert"),
    "days": ("on {value}", "am {value}"),
    "min-depth": ("at least {value} files deep", "mindestens {value} Dateien tief"),
    "max-depth": ("at most {value} files deep", "höchstens {value} Dateien tief"),
    "min-score": ("score from {value}", "Wert ab {value}"),
    "max-score": ("score up to {value}", "Wert bis {value}"),
}  # fmt: skip


def phrase(key: str, language: str) -> str:
    """A phrase with its placeholders."""
    return _PHRASES[key][language == "de"]


@cache
def _templates() -> Templates:
    from attachguard.outcome.templates import Templates

    return Templates()


def reason(code: str, language: str) -> str:
    """What a reason code means, as the notices say it, without its full stop."""
    return _templates().sentence(code, language).rstrip(".")


def conditions(rule: Rule, language: str) -> str:
    """The conditions of a rule in words."""
    return "; ".join(phrase(key, language).format(value=value) for key, value in _conditions(rule))


def _conditions(rule: Rule) -> Iterator[tuple[str, str]]:
    for name in (
        "types",
        "groups",
        "roles",
        "media",
        "channels",
        "recipients",
        "senders",
        "encryption",
        "detail",
        "mentions",
    ):
        values = getattr(rule, name)
        if values:
            yield name, ", ".join(sorted(values))
    if rule.suffixes:
        yield "suffixes-condition", ", ".join("." + each for each in sorted(rule.suffixes))
    if rule.signed is not None:
        yield f"signed-{str(rule.signed).lower()}", ""
    for key, number in (("max-depth", rule.max_depth), ("min-score", rule.min_score), ("max-score", rule.max_score)):
        if number is not None:
            yield key, str(number)
    if rule.min_depth:
        yield "min-depth", str(rule.min_depth)
    if rule.begins or rule.ends:
        yield "days", f"{rule.begins or '…'} – {rule.ends or '…'}"
