"""What tests of rules are made of: documents, archives and mails in their smallest form, each with one special thing.

A test beside a rule names a builder and says what goes into it (`builder = "docm"`, `with = { macro = "…" }`); the bytes are made when the test
runs, so that no document with macros lies in a checkout. Each builder is a function with keyword arguments of the kinds that TOML has, and returns
bytes, the same ones each time. Content is text (which becomes UTF-8) or bytes. What a builder cannot make of its arguments is a `ValueError` with the
remedy, and its docstring is what people read who look for one. Nothing that it makes does harm: programs end at once, and what a macro or a command
line says is the author's own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from attachguard.testkit import archives, compound, legacy, mail, onenote, openxml, pages, rtf, shortcut, vba

__all__ = ["BUILDERS"]

#: Every builder, by the name that `builder = "…"` of a test calls it.
BUILDERS: Final[Mapping[str, Callable[..., bytes]]] = {
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
    "vba-project": vba.vba_project,
    "vcf": mail.vcf,
    "vhd": archives.vhd,
    "xls": legacy.xls,
    "xlsm": openxml.xlsm,
    "zip": archives.zip_,
}
