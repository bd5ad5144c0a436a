"""What a first scan would import: paid for before the workers are forked, and shared by all of them.

The scanner imports heavy libraries when a part first needs them. A daemon meets such parts sooner or later, and each fresh worker would pay anew.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import warnings
from typing import Final

from attachguard.later import compile_all

_MODULES: Final = (
    "attachguard.engine.scan", "attachguard.types.identify.known",
    "attachguard.engine.delivery.withhold", "attachguard.policy.reading.file", "attachguard.engine.hook_calls", "attachguard.signing.smime.opening",
    "pikepdf", "lxml.etree", "msoffcrypto.format.ooxml", "msoffcrypto.format.doc97", "msoffcrypto.format.xls97",
    "msoffcrypto.format.ppt97", "cryptography.hazmat.primitives.serialization.pkcs7", "magic", "zstandard", "brotli", "tempfile", "subprocess",
    "zipfile", "bz2", "lzma", "email.utils",
)  # fmt: skip


def warm() -> None:
    """Import it; what is not installed is left out. Everything alive is then kept out of the garbage collector's way, so that pages stay shared."""
    for name in _MODULES:
        # Optional packages, and libraries of the system that some of them miss.
        with contextlib.suppress(ImportError, OSError), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # theirs, about each other
            importlib.import_module(name)
    # The modules of the formats are loaded when a part first needs them, too.
    tuple(importlib.import_module("attachguard.formats").INSPECTORS)
    compile_all()
    gc.collect()
    gc.freeze()
