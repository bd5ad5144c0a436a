"""Content-Transfer-Encoding, and header fields that not everybody takes for one."""

from __future__ import annotations

from collections.abc import Iterator

from tests.ambiguity.build import EXE, LETTER, PLAIN, PROGRAM, TXT, Case, cte, head, multipart, note, part, qp

#: Several fields, in the order of the header.
DUPLICATES = {
    "first-right": cte(b"base64") + cte(b"7bit"),
    "last-right": cte(b"7bit") + cte(b"base64"),
    "apart": cte(b"7bit") + b"X-A: b\r\nX-C: d\r\n" + cte(b"base64"),
    "other-case": cte(b"7bit").upper() + cte(b"base64").lower(),
    "unknown-first": cte(b"xxxx") + cte(b"base64"),
    "unknown-last": cte(b"base64") + cte(b"xxxx"),
    "empty-first": cte(b"") + cte(b"base64"),
    "empty-last": cte(b"base64") + cte(b""),
    "majority": cte(b"quoted-printable") + cte(b"base64") + cte(b"base64"),
    "two-decoders": cte(b"quoted-printable") + cte(b"base64"),
}
#: One field, with a value that is not just the token.
VALUES = {
    "list": b"7bit, base64", "list-reversed": b"base64, 7bit", "list-of-parameters": b"7bit; base64", "quoted-list": b'"7bit", base64',
    "quoted": b'"base64"', "half-quoted": b'"base64', "half-quoted-end": b'base64"', "quoted-partly": b'"base"64', "apostrophes": b"'base64'",
    "angles": b"<base64>", "slash": b"base64/7bit", "junk": b"base645", "dash": b"base64-", "dot": b"base64.", "comma": b"base64,",
    "colon": b"base64:", "equals": b"=base64", "backslash": b"\\base64", "x-": b"x-base64", "dashed": b"base-64", "spaced": b"base 64",
    "parameter": b"base64; charset=x", "other-name": b"mime64", "doubled-name": b"Content-Transfer-Encoding: base64", "doubled-colon": b": base64",
    "doubled-value": b"base64 base64", "behind-binary": b"binary base64", "comment-before": b"(7bit) base64", "comment-behind": b"base64 (7bit)",
    "comment-nested": b"((a)b) base64", "comment-inside": b"ba(x)se64", "comment-open": b"base64 (", "comment-folded": b"(a\r\n b) base64",
    "comment-escape": b"base64 (\\)", "comment-only": b"(base64)", "encoded-word": b"=?us-ascii?Q?base64?=",
    "encoded-word-partly": b"base=?us-ascii?Q?64?=", "encoded-word-b": b"=?utf-8?B?YmFzZTY0?=", "encoded-word-escaped": b"=?us-ascii?Q?=62ase64?=",
    "encoded-word-split": b"=?us-ascii?Q?base?= =?us-ascii?Q?64?=", "encoded-word-language": b"=?us-ascii*de?Q?base64?=",
    "nul-start": b"\0base64", "nul-middle": b"base\x0064", "nul-end": b"base64\0", "nul-junk": b"base64\0x", "folded-inside": b"base\r\n 64",
    "eight-bit": b"base64\xa0", "byte-order-mark": b"\xef\xbb\xbfbase64", "vertical-tab": b"\x0bbase64", "form-feed": b"base64\x0c",
    "wide-blank": "\u2003base64".encode(), "invisible": "ba\u200bse64".encode(), "x-gzip64": b"x-gzip64",
}  # fmt: skip
#: The field itself.
FIELDS = {
    "nul-before-name": b"\0Content-Transfer-Encoding: base64\r\n",
    "nul-before-colon": b"Content-Transfer-Encoding\0: base64\r\n",
    "nul-line": b"X-A: b\r\n\0\r\nContent-Transfer-Encoding: base64\r\n",
    "space-before-colon": b"Content-Transfer-Encoding : base64\r\n",
    "tab-before-colon": b"Content-Transfer-Encoding\t: base64\r\n",
    "comment-before-colon": b"Content-Transfer-Encoding (x): base64\r\n",
    "indented": b" Content-Transfer-Encoding: base64\r\n",
    "folded-before-colon": b"Content-Transfer-Encoding\r\n : base64\r\n",
    "folded-behind-colon": b"Content-Transfer-Encoding:\r\n base64\r\n",
    "folded-name": b"Content-Transfer-\r\n Encoding: base64\r\n",
    "nameless": b": base64\r\nContent-Transfer-Encoding: base64\r\n",
    "doubled-colon": b"Content-Transfer-Encoding:: base64\r\n",
    "return-in-front": b"X-A: b\rContent-Transfer-Encoding: base64\r\n",
    "return-behind-colon": b"Content-Transfer-Encoding:\rbase64\r\n",
    "return-inside": b"Content-Transfer\r-Encoding: base64\r\n",
    "return-behind": b"X-A: b\r\n\rContent-Transfer-Encoding: base64\r\n",
    "return-doubled": b"X-A: b\r\r\nContent-Transfer-Encoding: base64\r\n",
    "return-junk": b"X-A: b\rjunk\nContent-Transfer-Encoding: base64\r\n",
    "line-feed-return": b"X-A: b\n\rContent-Transfer-Encoding: base64\r\n",
    "tab-line": b"X-A: b\r\n\t\r\nContent-Transfer-Encoding: base64\r\n",
    "junk-line": b"this is no field\r\nContent-Transfer-Encoding: base64\r\n",
    "dash-line": b"--\r\nContent-Transfer-Encoding: base64\r\n",
    "dot-line": b".\r\nContent-Transfer-Encoding: base64\r\n",
    "byte-order-mark": b"\xef\xbb\xbfContent-Transfer-Encoding: base64\r\n",
    "no-break-space": b"\xa0Content-Transfer-Encoding: base64\r\n",
    "vertical-tab": b"\x0bContent-Transfer-Encoding: base64\r\n",
}
#: What looks like a trick and is legal, or a habit that everybody knows.
HARMLESS = {
    "mixed-case": cte(b"Base64"),
    "upper-case": b"CONTENT-TRANSFER-ENCODING: BASE64\r\n",
    "no-blank": b"Content-Transfer-Encoding:base64\r\n",
    "folded": b"Content-Transfer-Encoding:\r\n\tbase64\r\n",
    "trailing-blanks": b"Content-Transfer-Encoding: base64 \t\r\n",
    "semicolon": cte(b"base64;"),
    "twice-alike": cte(b"base64") + cte(b"BASE64"),
    "long-field-in-front": b"X-Long: " + b"a" * 5000 + b"\r\n" + cte(b"base64"),
    "eight-bit-field-in-front": b"X-Name: Gr\xfc\xdfe\r\n" + cte(b"base64"),
}


def encodings() -> Iterator[Case]:
    """Content-Transfer-Encoding that readers resolve differently."""
    same = multipart(note(encoding=cte(b"base64") + cte(b"base64")))
    for name, value in DUPLICATES.items():
        yield Case(f"duplicate-encoding-{name}", multipart(part(EXE, encoding=value)), same)
    commented = multipart(note(LETTER, encoding=cte(b"7bit (as it stands)")))
    for name, value in VALUES.items():
        yield Case(f"encoding-{name}", multipart(part(EXE, encoding=cte(value))), commented)
    plain = multipart(note(LETTER, encoding=cte(b"Quoted-Printable (RFC 2045)")))
    for name, value in {
        "semicolon": b"quoted-printable;x", "underscore": b"quoted_printable", "joined": b"quotedprintable", "spaced": b"quoted printable",
        "x-": b"x-quoted-printable", "comment": b"quoted(x)-printable",
    }.items():  # fmt: skip
        yield Case(f"encoding-qp-{name}", multipart(part(qp(PROGRAM), encoding=cte(value))), plain)


def lines_of_headers() -> Iterator[Case]:
    """Fields that are some to one reader and none, or another one, to the next: in a part, and in the header of the message."""
    twins = [multipart(note(TXT, encoding=field)) for field in HARMLESS.values()]
    for number, (name, field) in enumerate(FIELDS.items()):
        twin = twins[number % len(twins)]
        yield Case(f"field-{name}", multipart(part(EXE, encoding=field)), twin)
        single = head(b"Content-Type: application/octet-stream\r\n", field) + EXE
        yield Case(f"field-at-the-top-{name}", single, head(PLAIN, HARMLESS["folded"]) + TXT)
