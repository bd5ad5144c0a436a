"""The words of the page, in English and in German; sentences about policies and outcomes come from where they are said already."""

from __future__ import annotations

from typing import Final, NamedTuple

from attachguard.codes import CODES
from attachguard.kinds import EXACT
from attachguard.model import Action, Finding
from attachguard.policy.explaining.sentences import reason, texts

_WORDS: Final = {
    "report": ("Report", "Bericht"),
    "report-of": ("Report on {count} messages and files", "Bericht über {count} Nachrichten und Dateien"),
    "policy": ("Policy {id}, version {version}", "Regelwerk {id}, Fassung {version}"),
    "one-policy": ("Policy: {names}", "Regelwerk: {names}"),
    "policies": ("Policies: {names}", "Regelwerke: {names}"),
    "more-reasons": (
        "{count} more reasons, which fewer have, stand beside the messages below.",
        "{count} weitere, seltenere Gründe stehen unten bei den Nachrichten.",
    ),
    "follows": ("What follows", "Was daraus folgt"),
    "why": ("Why", "Warum"),
    "noted": ("Noted", "Vermerkt"),
    "tree": ("What is in it", "Was darin ist"),
    "signatures": ("Signatures", "Signaturen"),
    "checks": ("Checks", "Prüfungen"),
    "removed": ("What was taken out", "Was entfernt wurde"),
    "nothing-stands": ("Nothing stands against delivery.", "Nichts spricht gegen die Zustellung."),
    "incomplete": ("Not everything could be examined.", "Nicht alles konnte untersucht werden."),
    "receipt": ("The sender is due a routing slip.", "Dem Absender steht ein Laufzettel zu."),
    "rule": ("rule", "Regel"),
    "offset": ("at octet {offset}", "ab Oktett {offset}"),
    "declared": ("declared as {type}", "angegeben als {type}"),
    "also": ("also {types}", "auch {types}"),
    "signed": ("signed", "signiert"),
    "unread": ("never read", "nie gelesen"),
    "more-parts": ("{count} more parts; the JSON report has all.", "{count} weitere Teile; der JSON-Bericht hat alle."),
    "more-findings": ("{count} more findings; the JSON report has all.", "{count} weitere Befunde; der JSON-Bericht hat alle."),
    "by-verdict": ("By verdict", "Nach Urteil"),
    "by-reason": ("By reason", "Nach Grund"),
    "all": ("all", "alle"),
    "shown": (
        "Choose a verdict or a reason to see only what has it.",
        "Wählen Sie ein Urteil oder einen Grund, um nur die Treffer zu sehen.",
    ),
    "cut": (
        "{shown} of {count} are listed, the gravest; the JSON report has all.",
        "{shown} von {count} sind aufgeführt, die schwersten; der JSON-Bericht hat alle.",
    ),
    "no-details": ("The JSON report has the details.", "Einzelheiten stehen im JSON-Bericht."),
    "empty": ("Nothing was scanned.", "Es wurde nichts geprüft."),
    "made-by": (
        "Written on {day} by attachguard {version}. The page fetches nothing and runs nothing; what is shown of a message is text.",
        "Geschrieben am {day} von attachguard {version}. Die Seite lädt nichts nach und führt nichts aus; Inhalt von Nachrichten ist darin Text.",
    ),
    "details-english": (
        "",
        "Einzelheiten der Befunde sind englisch, wie in jeder Form des Berichts; ebenso die Sätze eines Regelwerks, das keine deutschen hat.",
    ),
    "message": ("message", "Nachricht"),
    "file": ("file", "Datei"),
    "role-message": ("message", "Nachricht"),
    "role-body": ("text of the mail", "Text der E-Mail"),
    "role-inline": ("shown in the text", "im Text gezeigt"),
    "role-attachment": ("attachment", "Anlage"),
    "role-member": ("in the archive", "im Archiv"),
    "role-embedded": ("embedded", "eingebettet"),
    "role-layer": ("taken out for inspection", "zur Prüfung entnommen"),
    "encryption-opens-without-password": ("locked, opens without a password", "gesperrt, öffnet ohne Passwort"),
    "encryption-default-password": ("encrypted, default password", "verschlüsselt, Standardpasswort"),
    "encryption-known-password": ("encrypted, known password", "verschlüsselt, bekanntes Passwort"),
    "encryption-unknown-password": ("encrypted, unknown password", "verschlüsselt, unbekanntes Passwort"),
    "encryption-key-held": ("encrypted, opened with the key", "verschlüsselt, mit dem Schlüssel geöffnet"),
    "encryption-key-elsewhere": ("encrypted, the key is elsewhere", "verschlüsselt, Schlüssel anderswo"),
    "encryption-unknown-key": ("encrypted, unknown key", "verschlüsselt, unbekannter Schlüssel"),
    "encryption-unsupported-scheme": ("encrypted, scheme not supported", "verschlüsselt, Verfahren nicht unterstützt"),
    "finding-deliver": ("Passes", "Zulässig"),
    "finding-flag": ("Noted", "Vermerkt"),
    "verdict-deliver": ("Delivered", "Zugestellt"),
    "verdict-flag": ("Delivered, noted", "Zugestellt, vermerkt"),
    "verdict-sanitize": ("Cleaned", "Bereinigt"),
    "verdict-withhold": ("Withheld", "Zurückbehalten"),
    "verdict-defer": ("Deferred", "Aufgeschoben"),
    "verdict-quarantine": ("Quarantined", "In Quarantäne"),
    "verdict-reject": ("Rejected", "Abgewiesen"),
    "verdict-discard": ("Discarded", "Verworfen"),
}  # fmt: skip


class Said(NamedTuple):
    """A piece of text.

    Args:
        text: what it says.
        language: in which language.
    """

    text: str
    language: str


class Words:
    """The words of one language.

    Args:
        language: `en` or `de`.
    """

    def __init__(self, language: str) -> None:
        self.language = language

    def __call__(self, key: str, **values: object) -> str:
        """A phrase of the page, filled in."""
        return _WORDS[key][self.language == "de"].format(**values)

    def verdict(self, action: Action) -> str:
        """What an action is called on a label."""
        return self(f"verdict-{action.value}")

    def finding(self, action: Action) -> str:
        """What an action is called on the label of a finding, which is not the last word about its part."""
        return self(f"finding-{action.value}") if action.delivers else self.verdict(action)

    def named(self, prefix: str, key: str) -> str:
        """A phrase for a value of a report, or the value itself where a newer version wrote it."""
        return self(f"{prefix}-{key}") if f"{prefix}-{key}" in _WORDS else key

    def word(self, key: str) -> str:
        """A word of the notices."""
        return texts().word(key, self.language)

    def reason(self, code: str) -> str:
        """What a reason code means."""
        return reason(code, self.language) if code in CODES else code

    def detail(self, finding: Finding) -> list[Said]:
        """What exactly was found: its kind in the language of the page, particulars as they are, which is English."""
        detail, kind = finding.detail, EXACT.get(finding.kind)
        if kind is None:
            pieces = [Said(detail, "en")]
        elif kind.english in detail:
            before, _, after = detail.partition(kind.english)
            pieces = [Said(before, "en"), Said(kind.title(self.language), self.language), Said(after, "en")]
        else:
            pieces = [Said(kind.title(self.language) + (": " if detail else ""), self.language), Said(detail, "en")]
        return [piece for piece in pieces if piece.text]
