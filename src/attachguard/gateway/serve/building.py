"""The scanner of the daemon, built from what the settings name."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import msgspec

from attachguard.engine.repeats import Repeats
from attachguard.engine.scanner import Scanner
from attachguard.errors import OperatorError
from attachguard.gateway.serve.settings import Settings
from attachguard.policy import Policy
from attachguard.yara.rules import Rules

#: Of the deadline of a message, what the scan may take by its own count: then it ends in good order and keeps its findings.
_OWN_SHARE: Final = 0.8
#: Octets of the cache for each part or finding of an attachment that a worker remembers: each worker has its own memory, so it gets a share.
_WEIGHT: Final = 4096


def build_scanner(settings: Settings) -> Scanner:
    """The scanner that the settings ask for; raises `OperatorError` for mistakes in what they name."""
    policy = Policy.load(settings.policy)
    passwords = [word for file in settings.password_files for word in _words(file)]
    hooks = None
    if settings.engine:
        from attachguard.clamd import Clamd
        from attachguard.hooks import Hooks

        try:
            hooks = Hooks(malware=Clamd.from_text(settings.engine.removeprefix("clamd:")))
        except ValueError as error:
            raise OperatorError(str(error), where="engine") from error
    smime = None
    try:
        if settings.smime_keys or settings.smime_certificates:
            from attachguard.signing.smime import PemDecryptor

            smime = PemDecryptor(settings.smime_keys, settings.smime_certificates)
            smime.check()
        trust = None
        if settings.trust_list:
            from attachguard.signing.trust import TrustList

            trust = TrustList.load(settings.trust_list)
    except OSError as error:
        raise OperatorError(f"cannot be read: {error.strerror or error}", file=str(error.filename or "")) from error
    seconds = min(policy.limits.seconds, settings.timeout * _OWN_SHARE)
    return Scanner(
        policy,
        rules=Rules.load(*settings.rules, builtin=settings.builtin_rules, lenient=settings.rules_lenient, cache=True),
        passwords=passwords,
        limits=msgspec.structs.replace(policy.limits, seconds=seconds),
        hooks=hooks,
        rewrite=True,
        smime=smime,
        trust=trust,
        # What others have a part in is asked anew each time.
        repeats=Repeats(settings.cache // _WEIGHT) if settings.cache and hooks is None and smime is None else None,
    )


def _words(file: str) -> list[str]:
    """The passwords of a file; raises `OperatorError`."""
    try:
        octets = Path(file).read_bytes()
        return list(filter(None, octets.decode().splitlines()))
    except OSError as error:
        raise OperatorError(f"cannot be read: {error.strerror or error}", file=file) from error
    except UnicodeDecodeError as error:
        line = octets.count(b"\n", 0, error.start) + 1
        raise OperatorError("is not UTF-8 text; save it as UTF-8", file=file, line=line) from error
