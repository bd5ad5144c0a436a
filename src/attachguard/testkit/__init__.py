"""What tests of rules are made of: documents, archives and mails in their smallest form, each with one special thing.

A test beside a rule names a builder and says what goes into it (`builder = "docm"`, `with = { macro = "…" }`); the bytes are made when the test
runs, so that no document with macros lies in a checkout. Each builder is a function with keyword arguments that returns bytes, the same ones each
time. Nothing that it makes does harm: programs end at once, and what a macro or a command line says is the author's own.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from attachguard.testkit import archives, compound, legacy, mail, onenote, openxml, pages, rtf, shortcut, vba
from attachguard.testkit.content import FORMS, Content, content

__all__ = ["BUILDERS", "FORMS", "Content", "build", "content"]

#: The builders by the name that tests call them.
BUILDERS: Mapping[str, Callable[..., bytes]] = {
    "compound": compound.compound,
    "doc": legacy.doc,
    "docm": openxml.docm,
    "docx": openxml.docx,
    "eml": mail.eml,
    "equation": compound.equation,
    "equation-native": compound.equation_native,
    "html": pages.html,
    "ics": mail.ics,
    "img": archives.img,
    "iso": archives.iso,
    "lnk": shortcut.lnk,
    "ole10native": compound.ole10native,
    "onenote": onenote.onenote,
    "pdf": pages.pdf,
    "program": archives.program,
    "rtf": rtf.rtf,
    "sfx": archives.sfx,
    "svg": pages.svg,
    "vba": vba.vba,
    "vcf": mail.vcf,
    "vhd": archives.vhd,
    "xls": legacy.xls,
    "xlsm": openxml.xlsm,
    "zip": archives.zip_,
}


def build(builder: str, arguments: Mapping[str, Any] | None = None) -> bytes:
    """What a builder makes of some arguments.

    Args:
        builder: its name, a key of `BUILDERS`.
        arguments: its keyword arguments.

    Raises:
        ValueError: there is no such builder, or it does not take these arguments; in words for the author of a test.
    """
    function = BUILDERS.get(builder)
    if function is None:
        raise ValueError(f"no such builder: {builder!r}; one of: {', '.join(BUILDERS)}")
    arguments = dict(arguments or {})
    known = inspect.signature(function).parameters
    for name in arguments:
        if name not in known:
            raise ValueError(
                f"the builder {builder!r} does not take {name!r}; it takes: {', '.join(known) or 'nothing'}"
            )
    missing = [name for name, one in known.items() if one.default is one.empty and name not in arguments]
    if missing:
        raise ValueError(f"the builder {builder!r} needs {missing[0]!r}")
    try:
        return function(**arguments)
    except (TypeError, AttributeError, KeyError) as error:
        raise ValueError(f"the builder {builder!r} cannot use these arguments: {error}") from error
