"""Where a body begins, and what its encoding means."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator

from tests.ambiguity.build import (
    EXE,
    LETTER,
    PLAIN,
    PROGRAM,
    B,
    Case,
    around,
    cte,
    head,
    lines,
    multipart,
    note,
    part,
    qp,
)


def separators() -> Iterator[Case]:
    """Headers and bodies that readers part at different places."""
    kind = b"Content-Type: application/octet-stream; name=x.bin\r\n"
    top = head(kind).removesuffix(b"\r\n").removesuffix(b"\r\n")
    twin = head(PLAIN) + LETTER
    for name, blank in {
        "line-feeds": b"\n\n", "returns": b"\r\r", "line-feed-return": b"\n\r", "return-behind": b"\r\n\r", "blank": b"\r\n \r\n",
        "tab": b"\r\n\t\r\n", "return-doubled": b"\r\r\n", "junk": b"\r\njunk\r\n", "usual": b"\r\n",
    }.items():  # fmt: skip
        encoding = blank + b"Content-Transfer-Encoding: base64\r\n\r\n"
        yield Case(f"separator-{name}", top + encoding + EXE, twin)
        if name == "junk":
            continue  # twice it would be part of the encoded body
        yield Case(
            f"separator-twice-{name}", top + b"\r\nContent-Transfer-Encoding: base64" + blank * 2 + b"\r\n" + EXE, twin
        )
    yield Case(
        "separator-blank-line-first",
        b"\r\n" + head(kind, cte(b"base64")) + EXE,
        b"\r\n" + b"From mir an dich: nichts.\r\n" + LETTER,
    )
    yield Case(
        "separator-all-line-feeds",
        (head(kind, cte(b"base64")) + EXE).replace(b"\r\n", b"\n"),
        twin.replace(b"\r\n", b"\n"),
    )
    yield Case("separator-all-returns", multipart(part(EXE)).replace(b"\r\n", b"\r"), twin.replace(b"\r\n", b"\n"))
    inner = b"--innen\r\n" + part(EXE) + b"\r\n--innen--\r\n"
    multi = b"Content-Type: multipart/mixed; boundary=innen\r\n\r\n"
    spoken = head(PLAIN) + b"\r\n\r\nContent-Type: so heisst das Feld.\r\n" + LETTER
    yield Case("type-behind-blank-lines", head(PLAIN) + b"\r\n\r\n" + multi + inner, spoken)
    yield Case("header-behind-blank-line", head(b"") + b"MIME-Version: 1.0\r\n" + multi + inner, spoken)
    yield Case(
        "encoding-behind-blank-line",
        multipart(part(EXE, encoding=b"", blank=b"\r\nContent-Transfer-Encoding: base64\r\n\r\n")),
        multipart(note(LETTER + b"\r\nContent-Type: so heisst das Feld.\r\n", encoding=b"")),
    )


#: Base64 text of the program, and what it is made of.
LETTERS = base64.b64encode(PROGRAM)
QUANTA = [LETTERS[at : at + 4] for at in range(0, len(LETTERS), 4)]
FOREIGN = {
    "each-quantum": b"!".join(QUANTA), "each-character": b"*".join(LETTERS[at : at + 1] for at in range(len(LETTERS))),
    "nul-each-quantum": b"\0".join(QUANTA), "control-each-quantum": b"\x01".join(QUANTA), "eight-bit-each-quantum": b"\xff".join(QUANTA),
    "no-break-space": b"\xa0".join(QUANTA), "dash": b"-".join(QUANTA), "underscore": b"_".join(QUANTA),
    "utf-16": LETTERS.decode().encode("utf-16-le"), "utf-16-marked": LETTERS.decode().encode("utf-16"),
    "quoted": b"> " + b"\r\n> ".join(LETTERS[at : at + 60] for at in range(0, len(LETTERS), 60)),
    "dot-stuffed": b"\r\n.".join([LETTERS[:400], LETTERS[400:]]), "prologue": b"dies ist nur Text.\r\n\r\n" + LETTERS,
    "field-in-front": b"Content-Type: application/x\r\n\r\n" + LETTERS, "armor": b"-----BEGIN X-----\r\n" + EXE + b"-----END X-----\r\n",
    "begin-base64": b"begin-base64 644 a.exe\r\n" + EXE + b"====\r\n", "footer": LETTERS + b"\r\n-- \r\nUnterschrift, gesetzt.\r\n",
    "quoted-printable-too": LETTERS.replace(b"=", b"=3D"), "url-alphabet": LETTERS.replace(b"+", b"-").replace(b"/", b"_"),
}  # fmt: skip
PADDED = {
    "inside": base64.b64encode(PROGRAM[:400]) + b"\r\n" + base64.b64encode(PROGRAM[400:]), "each-line": lines(PROGRAM, 55),
    "each-hundred-octets": b"\r\n".join(base64.b64encode(PROGRAM[at : at + 100]) for at in range(0, len(PROGRAM), 100)),
    "each-octet": lines(PROGRAM, 1).replace(b"\r\n", b""), "each-octet-a-line": lines(PROGRAM, 1), "spread": b"=".join(QUANTA),
    "each-half-quantum": b"=".join(LETTERS[at : at + 2] for at in range(0, len(LETTERS), 2)), "four-inside": b"====".join([LETTERS[:400], LETTERS[400:]]),
    "a-line-of-it": LETTERS[:400] + b"\r\n=\r\n" + LETTERS[400:], "and-blank": b"= ".join([LETTERS[:400], LETTERS[400:]]),
    "and-blank-line": b"=\r\n\r\n".join([LETTERS[:402], LETTERS[402:]]), "leading": b"=" + LETTERS, "leading-two": b"==" + LETTERS,
    "leading-four": b"====" + LETTERS,
}  # fmt: skip
#: Irregular, and alike to all: white space, short and long lines, too little padding and too much.
IRREGULAR = {
    "one-quantum-a-line": b"\r\n".join(QUANTA), "one-line": LETTERS, "blanks": b" ".join(QUANTA), "tabs": b"\t\r\n".join(QUANTA),
    "blank-lines": b"\r\n\r\n".join(QUANTA), "returns": b"\r".join(QUANTA), "line-feed-returns": b"\n\r".join(QUANTA),
    "uneven-lines": b"\r\n".join([LETTERS[:5], LETTERS[5:7], LETTERS[7:100], LETTERS[100:]]), "no-padding": LETTERS.rstrip(b"="),
    "cut": LETTERS.rstrip(b"=")[:-1], "too-much-padding": LETTERS + b"====", "unclean-last-quantum": base64.b64encode(PROGRAM + b"\0")[:-4] + b"AB==",
}  # fmt: skip


def _alike(name: str) -> bytes:
    """The same irregularity in the base64 of a letter."""
    letters = base64.b64encode(LETTER)
    quanta = [letters[at : at + 4] for at in range(0, len(letters), 4)]
    joins = {
        "blanks": b" ",
        "tabs": b"\t\r\n",
        "blank-lines": b"\r\n\r\n",
        "returns": b"\r",
        "line-feed-returns": b"\n\r",
    }
    if name in joins:
        return joins[name].join(quanta)
    return {"cut": letters.rstrip(b"=")[:-1], "too-much-padding": letters + b"===="}.get(name, letters)


def decodings() -> Iterator[Case]:
    """Encoded bodies that decoders read differently."""
    usual = multipart(note(), note(base64.b64encode(LETTER) + b"\r\n"))
    for kind, bodies in {"foreign": FOREIGN, "padding": PADDED}.items():
        for name, body in bodies.items():
            yield Case(f"base64-{kind}-{name}", multipart(part(body + b"\r\n")), usual)
    for name, body in IRREGULAR.items():
        yield Case(f"base64-{name}", multipart(part(body + b"\r\n")), multipart(note(_alike(name) + b"\r\n")))
    encoded = qp(PROGRAM)
    text = multipart(
        note(b"Gr=C3=BC=C3=9Fe, a=3Db, eine lange Zeile =\r\ngeht weiter\r\n", encoding=cte(b"quoted-printable"))
    )
    for name, body in {
        "lower": encoded.lower(), "mixed": encoded.replace(b"=4D", b"=4d"), "blanks": encoded.replace(b"=\r\n", b"=  \r\n"),
        "tabs": encoded.replace(b"=\r\n", b"=\t\r\n"), "returns": encoded.replace(b"=\r\n", b"=\r"), "line-feeds": encoded.replace(b"=\r\n", b"=\n"),
        "line-feed-returns": encoded.replace(b"=\r\n", b"=\n\r"), "doubled-returns": encoded.replace(b"=\r\n", b"=\r\r\n"),
        "broken-triplet": re.sub(rb"(=4)(.)", rb"\1=\r\n\2", encoded), "every-triplet-broken": re.sub(rb"=(.)(.)", rb"=\1=\r\n\2", encoded),
        "sign-broken-off": re.sub(rb"=(..)", rb"==\r\n\1", encoded), "break-round-triplet": encoded.replace(b"=4D", b"=\r\n=4D=\r\n"),
        "double-sign": b"==" + encoded, "double-sign-inside": encoded.replace(b"=4D", b"==4D"), "sign-at": encoded + b"=@",
        "sign-at-the-end": encoded.rstrip() + b"=", "zero-x": re.sub(rb"=([0-9A-F]{2})", rb"=0x\1", encoded), "nul": encoded.replace(b"=\r\n", b"\0=\r\n"),
        "folded": encoded.replace(b"=\r\n", b"=\r\n "), "no-break": encoded.replace(b"=\r\n", b"="),
        "raw": PROGRAM.replace(b"=", b"=3D").replace(b"\r", b"=0D").replace(b"\n", b"=0A"), "long-line": encoded.replace(b"=\r\n", b""),
    }.items():  # fmt: skip
        yield Case(f"qp-{name}", multipart(part(body, encoding=cte(b"quoted-printable"))), text)


UU = b"begin 644 setup.exe\r\n" + b"".join(
    binascii.b2a_uu(PROGRAM[at : at + 45]).replace(b"\n", b"\r\n") for at in range(0, len(PROGRAM), 45)
) + b"`\r\nend\r\n"  # fmt: skip
#: Ways to begin a uuencoded file that some reader accepts.
UUENCODED = {
    "usual": UU, "no-end": UU.replace(b"end\r\n", b""), "four-digits": UU.replace(b"644", b"0644"), "no-octal-mode": UU.replace(b"644", b"999"),
    "two-blanks": UU.replace(b"644 ", b"644  "), "two-blanks-and-no-mode": UU.replace(b"644 ", b" "), "tabs": UU.replace(b"begin 644 ", b"begin\t644\t"),
    "no-name": UU.replace(b" setup.exe", b""), "quoted-name": UU.replace(b"setup.exe", b'"setup.exe"'), "trailing-blanks": UU.replace(b"\r\n", b"  \r\n"),
    "blanks-for-zeros": UU.replace(b"`", b" "), "line-feeds": UU.replace(b"\r\n", b"\n"), "returns": UU.replace(b"\r\n", b"\r"),
    "base64": b"begin-base64 644 setup.exe\r\n" + EXE + b"====\r\n",
}  # fmt: skip


def uuencoded() -> Iterator[Case]:
    """Files in text, wherever text may stand; and letters that only begin so."""
    letter = b"Wir\r\nbegin 2026 with good news\r\nbegin  now\r\n" + LETTER
    begin = head(PLAIN) + letter
    for name, body in UUENCODED.items():
        yield Case(f"uuencode-{name}", head(PLAIN) + LETTER + b"\r\n" + body, begin)
    for name, message in {
        "without-a-type": (head(b"") + UU, head(b"") + letter),
        "in-a-page": (head(b"Content-Type: text/html\r\n") + b"<p>x</p>\r\n" + UU, head(b"Content-Type: text/html\r\n") + b"<p>x</p>\r\n" + letter),
        "in-base64": (head(PLAIN, cte(b"base64")) + lines(UU), head(PLAIN, cte(b"base64")) + lines(letter)),
        "in-quoted-printable": (head(PLAIN, cte(b"quoted-printable")) + qp(UU), head(PLAIN, cte(b"quoted-printable")) + qp(letter)),
        "in-preamble": (around(UU, b""), around(letter, b"")),
        "in-epilogue": (around(b"", UU), around(b"", letter)),
        "in-a-part": (multipart(PLAIN + b"\r\n" + UU), multipart(PLAIN + b"\r\n" + letter)),
    }.items():  # fmt: skip
        yield Case(f"uuencode-{name}", *message)
    for token in (b"x-uuencode", b"uuencode", b"x-uue"):
        yield Case(f"uuencode-as-{token.decode()}", multipart(part(UU, encoding=cte(token))), begin)


def containers() -> Iterator[Case]:
    """Messages and multiparts under a transfer encoding, which no standard allows and some readers take apart."""
    inner = multipart(part(EXE)).replace(B, b"innen")
    boxed = multipart(b"Content-Type: message/rfc822\r\n\r\n" + multipart(note()).replace(B, b"innen"))
    for token, encode in ((b"base64", lines), (b"quoted-printable", qp)):
        told = b"Content-Type: message/rfc822\r\n" + cte(token) + b"\r\n"
        yield Case(f"encoded-message-{token.decode()}", multipart(told + encode(inner)), boxed)
        kind = b"Content-Type: multipart/mixed; boundary=innen\r\n" + cte(token)
        content = inner.partition(b"\r\n\r\n")[2]
        yield Case(f"encoded-multipart-{token.decode()}", multipart(kind + b"\r\n" + encode(content)), boxed)
        yield Case(f"encoded-multipart-{token.decode()}-at-the-top", head(kind) + encode(content), boxed)
    eml = b"Content-Disposition: attachment; filename=x.eml\r\n"
    yield Case("message-as-octets", multipart(part(lines(inner), shown=eml)), boxed)
    odd = inner.replace(b"Content-Disposition", b"X-A: \0\r\nContent-Disposition")
    yield Case("message-as-octets-with-nul", multipart(part(lines(odd), shown=eml)), boxed)
