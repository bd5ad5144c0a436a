"""How a test says what bytes are: as text, in hexadecimal or base64, or made by a builder.

A test file is TOML, so whatever a builder takes as content may be a string (taken as UTF-8) or a table with exactly one of these keys, and
builders nest: `members = { "a.lnk" = { builder = "lnk", with = { arguments = "/c dir" } } }`.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any

Content = str | bytes | Mapping[str, Any]

#: The keys that say what a content is; a table has exactly one of them.
FORMS = ("text", "hex", "base64", "builder")


def content(value: Content) -> bytes:
    """The bytes that a test means.

    Args:
        value: text, bytes, or a table with one of the keys `text`, `hex`, `base64`, `builder` (the latter with `with`, its arguments).

    Raises:
        ValueError: it says nothing, too much, or something that cannot be read; in words for the author of a test.
    """
    if isinstance(value, bytes):
        return value
    if isinstance(value, str):
        return value.encode("utf-8", "surrogatepass")
    if not isinstance(value, Mapping):
        raise ValueError(f"content is text or a table, not {type(value).__name__}")  # noqa: TRY004  one error for all mistakes of an author
    forms = [form for form in FORMS if form in value]
    if len(forms) != 1:
        raise ValueError(
            f"say the content by exactly one of {', '.join(FORMS)}, not by {' and '.join(forms) or 'none'}"
        )
    form = forms[0]
    unknown = sorted(set(value) - {form} - ({"with"} if form == "builder" else set()))
    if unknown:
        raise ValueError(f"{unknown[0]!r} does not go with {form!r}")
    said = value[form]
    if not isinstance(said, str):
        raise ValueError(f"{form} is a string, not {type(said).__name__}")  # noqa: TRY004  likewise
    if form == "builder":
        from attachguard.testkit import build

        return build(said, value.get("with", {}))
    return _decoded(form, said)


def _decoded(form: str, said: str) -> bytes:
    if form == "hex":
        try:
            return bytes.fromhex(said)
        except ValueError as error:
            raise ValueError(f"hex: {error}; two digits a byte, blanks and line ends between bytes are fine") from error
    if form == "base64":
        try:
            return base64.b64decode("".join(said.split()), validate=True)
        except binascii.Error as error:
            raise ValueError(f"base64: {error}") from error
    return said.encode("utf-8", "surrogatepass")
