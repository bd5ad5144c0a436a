"""The words of `policy explain`: each phrase in English and in German; those for what is accepted are in `phrases_listed`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from attachguard.policy.explaining.phrases_accepted import LISTED

if TYPE_CHECKING:
    from attachguard.policy.judging.records import PolicyData

PHRASES: Final = LISTED | {
    "accepted": ("What is accepted", "Was angenommen wird"),
    "otherwise": ("What happens otherwise", "Was sonst geschieht"),
    "passwords": (
        "Passwords of the operator that are tried on locked files: {count}.",
        "Passwörter des Betreibers, die an verschlossenen Dateien versucht werden: {count}.",
    ),
    "strongest": (
        "All reasons are reported; the strongest consequence decides. Where a silent reason meets one that notifies, nobody is notified.",
        "Alle Gründe werden berichtet; die stärkste entscheidet. Trifft ein stiller Grund auf einen mit Nachricht, wird niemand benachrichtigt.",
    ),
    "default": ("Whatever no rule names: {action}", "Was keine Regel nennt: {action}"),
    "version": ("Policy {id}, version {version}.", "Regelwerk {id}, Fassung {version}."),
    "source": ("Text: {source}.", "Text: {source}."),
    "valid": ("It is valid {days}.", "Es gilt {days}."),
    "from-until": ("from {begins} until {ends}", "vom {begins} bis zum {ends}"),
    "from": ("from {begins} on", "ab dem {begins}"),
    "until-day": ("until {ends}", "bis zum {ends}"),
    "mode-report": ("It only reports and refuses nothing.", "Es berichtet nur und weist nichts ab."),
    "mode-include-only": ("It is a list for other policies.", "Es ist eine Liste für andere Regelwerke."),
    "when": ("When", "Wenn"),
    "then": ("Then", "Dann"),
    "clause": ("Clause", "Fundstelle"),
    "not-evaluated": ("Checks that nobody made", "Prüfungen, die niemand gemacht hat"),
    "unchecked": ("{check}: when nobody has checked it, the rule is: {action}", "{check}: Hat es niemand geprüft, so gilt: {action}"),
    "exceptions": ("Agreed exceptions", "Vereinbarte Ausnahmen"),
    "until": (", until {day}", ", bis {day}"),
    "override": ("Instead of this, for mail {where}", "Stattdessen, für E-Mails {where}"),
    "not-decidable": ("Not decidable by a machine", "Nicht maschinell entscheidbar"),
    "sentence": ("Sentence", "Satz"),
    "because": ("Because", "Weil"),
    "verdict-of": ("Verdict about {source}", "Urteil über {source}"),
    "policy-of": ("Judged under {id}, version {version}.", "Geprüft nach {id}, Fassung {version}."),
    "other-policy": ("The clauses shown are those of {id}, version {version}.", "Die gezeigten Fundstellen sind die von {id}, Fassung {version}."),
    "verdict": ("Outcome: {action}", "Ergebnis: {action}"),
    "finding": ("Finding", "Befund"),
    "part": ("Part", "Teil"),
    "rule": ("Rule", "Regel"),
    "no-rule": ("no rule names it", "keine Regel nennt es"),
    "action-deliver": ("It is delivered.", "Es wird zugestellt."),
    "action-flag": ("It is delivered, with a remark in the report.", "Es wird zugestellt, mit einem Vermerk im Bericht."),
    "action-sanitize": ("The attachment is cleaned, and the rest is delivered.", "Die Anlage wird bereinigt, der Rest zugestellt."),
    "action-withhold": ("The attachment is kept back, and the rest is delivered.", "Die Anlage wird zurückbehalten, der Rest zugestellt."),
    "action-defer": (
        "The message is refused for now and may be sent again (4xx).",
        "Die Nachricht wird vorläufig abgewiesen und darf noch einmal kommen (4xx).",
    ),
    "action-reject": ("The whole message is refused while it is handed over (5xx).", "Die ganze Nachricht wird bei der Übergabe abgewiesen (5xx)."),
    "notify-none": ("Nobody is notified.", "Niemand wird benachrichtigt."),
    "notify-sender": ("The sender is notified.", "Der Absender wird benachrichtigt."),
    "notify-sender-if-valid": (
        "The sender is notified if the address is proven (SPF, DKIM or DMARC).",
        "Der Absender wird benachrichtigt, wenn seine Adresse belegt ist (SPF, DKIM oder DMARC).",
    ),
    "notify-recipient": ("The addressee is notified.", "Der Empfänger wird benachrichtigt."),
    "notify-both": ("Sender and addressee are notified.", "Absender und Empfänger werden benachrichtigt."),
    "label": ("The legal effect is: {label}.", "Die Rechtsfolge ist: {label}."),
    "tag": ("The subject is marked {tag}.", "Der Betreff wird mit {tag} gekennzeichnet."),
    "hold": ("It is kept for {days} days.", "Es wird {days} Tage aufbewahrt."),
    "origin-text": ("The text says so.", "Der Text sagt es."),
    "origin-inferred": ("This follows from the text.", "Das folgt aus dem Text."),
    "origin-operator": ("This is the operator's choice.", "Das ist die Wahl des Betreibers."),
    "days": ("valid {value}", "gültig {value}"),
    "action-quarantine-message": (
        "The whole message is kept until a person has decided.",
        "Die ganze Nachricht wird zurückgehalten, bis ein Mensch entschieden hat.",
    ),
    "action-quarantine-attachment": (
        "The attachment is kept until a person has decided.",
        "Die Anlage wird zurückgehalten, bis ein Mensch entschieden hat.",
    ),
    "action-discard-message": (
        "The whole message is accepted and silently dropped.",
        "Die ganze Nachricht wird angenommen und stillschweigend verworfen.",
    ),
    "action-discard-attachment": ("The attachment is silently dropped.", "Die Anlage wird stillschweigend verworfen."),
    "notify-session": (
        "No mail is sent; the sending server learns it from the refusal.",
        "Niemand wird angeschrieben; der sendende Server erfährt es durch die Abweisung.",
    ),
    "reply": ("The answer is: “{reply}”.", "Die Antwort lautet: „{reply}“."),
    "exception": ("{name}: {codes} – {whom}{proven}{until}. {action}", "{name}: {codes} – {whom}{proven}{until}. {action}"),
    "proven": (", if the sender's address is proven", ", wenn die Adresse des Absenders belegt ist"),
    "override-channels": ("on {value}", "über {value}"),
    "override-recipients": ("to {value}", "an {value}"),
    "or": (" or ", " oder "),
}  # fmt: skip


def phrase(key: str, language: str) -> str:
    """A phrase with its placeholders."""
    return PHRASES[key][language == "de"]


class Speaker:
    """Says what one policy means in one language; the base of those who say a part of it.

    Args:
        data: the policy.
        language: `en` or `de`.
    """

    def __init__(self, data: PolicyData, language: str) -> None:
        self._data = data
        self._language = language

    def _say(self, key: str, **values: object) -> str:
        return phrase(key, self._language).format(**values)
