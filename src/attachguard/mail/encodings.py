"""The words of Content-Transfer-Encoding (RFC 2045 section 6.1), and what else programs write for them."""

from __future__ import annotations

from typing import Final

#: The content is what is there.
IDENTITY: Final = frozenset({"7bit", "8bit", "binary"})
#: The words of the standard.
STANDARD: Final = IDENTITY | {"base64", "quoted-printable"}
#: What every reader takes for one of the first three, no field among them.
AS_IT_STANDS: Final = IDENTITY | {"", "7-bit", "8-bit", "7bits", "8bits", "7 bit", "8 bit", "plain", "none"}
#: What is decoded here.
KNOWN: Final = AS_IT_STANDS | STANDARD | {"x-uuencode", "x-uue", "uuencode"}
