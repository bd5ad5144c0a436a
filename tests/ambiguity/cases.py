"""Builders of ambiguous messages, one a class of the catalogue in docs/ambiguity.md, and a benign twin of each.

A trick hides a payload (a program, mostly) so that some readers find it and others do not. Its twin looks alike and is ordinary mail. All of
it is built here; nothing is taken from anybody's samples.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from typing import NamedTuple

from tests.fixtures.pe import program

PROGRAM = program()
LETTER = ("Sehr geehrte Damen und Herren,\r\nanbei die Unterlagen wie besprochen.\r\n" * 3).encode()
B = b"grenze-17"


class Case(NamedTuple):
    """A class of trick.

    Args:
        name: what it does.
        hostile: hides a program from somebody.
        benign: looks alike and hides nothing.
    """

    name: str
    hostile: bytes
    benign: bytes


def lines(content: bytes, width: int = 57) -> bytes:
    """Base64 as RFC 2045 wants it."""
    return base64.encodebytes(content).replace(b"\n", b"\r\n") if width == 57 else b"\r\n".join(
        base64.b64encode(content[at : at + width]) for at in range(0, len(content), width)
    ) + b"\r\n"  # fmt: skip


def qp(content: bytes) -> bytes:
    """Quoted-printable with every octet escaped, in lines of 20."""
    escaped = [b"=%02X" % octet for octet in content]
    return b"=\r\n".join(b"".join(escaped[at : at + 20]) for at in range(0, len(escaped), 20)) + b"\r\n"


def head(kind: bytes, *more: bytes, version: bytes = b"MIME-Version: 1.0\r\n") -> bytes:
    """A message's header."""
    return (
        b"From: a@example.org\r\nTo: b@example.org\r\nSubject: Unterlagen\r\nDate: Mon, 2 Nov 2026 10:00:00 +0100\r\n"
        + version
        + kind
        + b"".join(more)
        + b"\r\n"
    )


def multipart(
    *parts: bytes, kind: bytes = b"Content-Type: multipart/mixed; boundary=" + B + b"\r\n", more: bytes = b""
) -> bytes:
    """A message of several parts; each is header and body."""
    text = b"Content-Type: text/plain; charset=us-ascii\r\n\r\n" + LETTER
    body = b"".join(b"--" + B + b"\r\n" + part + b"\r\n" for part in (text, *parts))
    return head(kind, more) + body + b"--" + B + b"--\r\n"


def part(
    content: bytes,
    *,
    kind: bytes = b"Content-Type: application/octet-stream\r\n",
    encoding: bytes = b"Content-Transfer-Encoding: base64\r\n",
    shown: bytes = b"Content-Disposition: attachment; filename=unterlagen.bin\r\n",
    blank: bytes = b"\r\n",
) -> bytes:
    """A body part with its header; `content` is already encoded."""
    return kind + shown + encoding + blank + content


EXE = lines(PROGRAM)
TXT = lines(LETTER)
TEXT = b"Content-Disposition: attachment; filename=brief.txt\r\n"
PLAIN = b"Content-Type: text/plain; charset=us-ascii\r\n"


def note(content: bytes = TXT, **more: bytes) -> bytes:
    """An attached text."""
    return part(content, **{"kind": PLAIN, "shown": TEXT, **more})


def cte(value: bytes) -> bytes:
    return b"Content-Transfer-Encoding: " + value + b"\r\n"


def encodings() -> Iterator[Case]:
    """Content-Transfer-Encoding that readers resolve differently."""
    twice = b"Content-Transfer-Encoding: base64\r\nContent-Transfer-Encoding: base64\r\n"
    same = multipart(note(encoding=twice))
    for name, value in {
        "first-right": cte(b"base64") + cte(b"7bit"),
        "last-right": cte(b"7bit") + cte(b"base64"),
        "unknown-first": cte(b"xxxx") + cte(b"base64"),
        "unknown-last": cte(b"base64") + cte(b"xxxx"),
        "majority": cte(b"quoted-printable") + cte(b"base64") + cte(b"base64"),
        "two-decoders": cte(b"quoted-printable") + cte(b"base64"),
    }.items():
        yield Case(f"duplicate-encoding-{name}", multipart(part(EXE, encoding=value)), same)
    plain = multipart(note(LETTER, encoding=cte(b"7bit (as it stands)")))
    for name, value in {
        "list": b"7bit, base64", "list-reversed": b"base64, 7bit", "quoted-list": b'"7bit", base64', "quoted": b'"base64"',
        "junk": b"base645", "dash": b"base64-", "doubled-name": b"Content-Transfer-Encoding: base64", "doubled-colon": b": base64",
        "doubled-value": b"base64 base64", "comment-before": b"(7bit) base64", "comment-behind": b"base64 (7bit)",
        "comment-inside": b"ba(x)se64", "comment-open": b"base64 (", "comment-folded": b"(a\r\n b) base64",
        "encoded-word": b"=?us-ascii?Q?base64?=", "encoded-word-partly": b"base=?us-ascii?Q?64?=", "encoded-word-b": b"=?utf-8?B?YmFzZTY0?=",
        "nul-start": b"\0base64", "nul-middle": b"base\x0064", "nul-end": b"base64\0", "nul-junk": b"base64\0x",
        "folded-inside": b"base\r\n 64", "x-gzip64": b"x-gzip64",
    }.items():  # fmt: skip
        yield Case(f"encoding-{name}", multipart(part(EXE, encoding=cte(value))), plain)
    lower = multipart(note(encoding=cte(b"Base64")))
    for name, field in {
        "nul-before-name": b"\0Content-Transfer-Encoding: base64\r\n",
        "nul-before-colon": b"Content-Transfer-Encoding\0: base64\r\n",
        "space-before-colon": b"Content-Transfer-Encoding : base64\r\n",
        "indented": b" Content-Transfer-Encoding: base64\r\n",
        "folded-before-colon": b"Content-Transfer-Encoding\r\n : base64\r\n",
        "folded-behind-colon": b"Content-Transfer-Encoding:\r\n base64\r\n",
        "nameless": b": base64\r\nContent-Transfer-Encoding: base64\r\n",
        "return-in-front": b"X-A: b\rContent-Transfer-Encoding: base64\r\n",
        "return-junk": b"X-A: b\rjunk\nContent-Transfer-Encoding: base64\r\n",
        "line-feed-return": b"X-A: b\n\rContent-Transfer-Encoding: base64\r\n",
        "junk-line": b"this is no field\r\nContent-Transfer-Encoding: base64\r\n",
    }.items():
        yield Case(f"field-{name}", multipart(part(EXE, encoding=field)), lower)


def types() -> Iterator[Case]:
    """Content-Type that readers resolve differently."""
    inner = (
        b"--bar\r\nContent-Type: text/plain\r\n\r\nhallo\r\n--bar\r\n" + part(EXE) + b"\r\n--bar--\r\n"
    )  # fmt: skip
    leaf, multi = b"Content-Type: text/plain\r\n", b"Content-Type: multipart/mixed; boundary=bar\r\n"
    same = head(PLAIN, PLAIN) + LETTER
    for name, kind in {
        "leaf-first": leaf + multi,
        "leaf-last": multi + leaf,
        "list": b"Content-Type: text/plain, multipart/mixed; boundary=bar\r\n",
        "list-reversed": b"Content-Type: multipart/mixed, text/plain; boundary=bar\r\n",
        "doubled-value": b"Content-Type: text/plain multipart/mixed; boundary=bar\r\n",
        "doubled-name": b"Content-Type: Content-Type: multipart/mixed; boundary=bar\r\n",
        "nameless": b": text/plain\r\n" + multi,
        "comment": b"Content-Type: (text/plain;) multipart/mixed; boundary=bar\r\n",
        "comment-inside": b"Content-Type: multipart/(x)mixed; boundary=bar\r\n",
        "encoded-word": b"Content-Type: =?us-ascii?Q?multipart/mixed?=; boundary=bar\r\n",
        "nul": b"Content-Type: multi\0part/mixed; boundary=bar\r\n",
        "space-before-colon": b"Content-Type : multipart/mixed; boundary=bar\r\n",
        "eight-bit-parameter": b'Content-Type: multipart/mixed; x="\xff"; boundary=bar\r\n',
        "no-semicolon": b"Content-Type: multipart/mixed boundary=bar\r\n",
        "two-boundaries": b"Content-Type: multipart/mixed; boundary=foo; boundary=bar\r\n",
        "two-boundaries-reversed": b"Content-Type: multipart/mixed; boundary=bar; boundary=foo\r\n",
        "two-fields": b"Content-Type: multipart/mixed; boundary=foo\r\n" + multi,
    }.items():
        yield Case(f"type-{name}", head(kind) + inner, same)
        if name.startswith(("leaf", "list", "two")):
            yield Case(
                f"type-in-part-{name}", multipart(kind + b"\r\n" + inner), multipart(PLAIN + PLAIN + b"\r\n" + LETTER)
            )
    yield Case("no-version", head(multi, version=b"") + inner, head(PLAIN, version=b"") + LETTER)


def boundaries() -> Iterator[Case]:
    """Boundaries that readers take differently."""
    twin = multipart(note(), kind=b'Content-Type: multipart/mixed; boundary="' + B + b'"\r\n')
    plain = multipart(note())
    for name, (parameter, used) in {
        "continuation": (b"boundary*0=gren; boundary*1=ze", b"grenze"),
        "continuation-and-plain": (b"boundary=foo; boundary*0=gren; boundary*1=ze", b"grenze"),
        "extended": (b"boundary*=us-ascii''grenze", b"grenze"),
        "extended-and-plain": (b"boundary=grenze; boundary*=us-ascii''foo", b"grenze"),
        "repeated-section": (b"boundary*0=grenze; boundary*0=foo", b"grenze"),
        "encoded-word-literal": (b'boundary="=?us-ascii?Q?grenze?="', b"=?us-ascii?Q?grenze?="),
        "encoded-word-decoded": (b'boundary="=?us-ascii?Q?grenze?="', b"grenze"),
        "encoded-word-partly": (b'boundary="gr=?us-ascii?Q?enze?="', b"grenze"),
        "comment": (b"boundary=grenze(foo)", b"grenze"),
        "comment-kept": (b"boundary=grenze(foo)", b"grenze(foo)"),
        "comment-in-name": (b"boundary(a(b))=grenze", b"grenze"),
        "half-quoted": (b'boundary="grenze', b"grenze"),
        "half-quoted-end": (b'boundary=grenze"', b"grenze"),
        "half-quoted-kept": (b'boundary=gren"ze', b'gren"ze'),
        "outer-space": (b'boundary=" grenze "', b"grenze"),
        "outer-space-kept": (b'boundary=" grenze"', b" grenze"),
        "unquoted-space": (b"boundary=gren ze", b"gren"),
        "unquoted-space-kept": (b"boundary=gren ze", b"gren ze"),
        "unquoted-comma": (b"boundary=gren,ze", b"gren"),
        "nul-truncates": (b'boundary="grenze\0foo"', b"grenze"),
        "nul-dropped": (b'boundary="gren\0ze"', b"grenze"),
        "spaces-round-equals": (b"boundary = grenze", b"grenze"),
        "folded-behind-equals": (b"boundary=\r\n grenze", b"grenze"),
        "folded-inside": (b'boundary="gren\r\n ze"', b"grenze"),
        "backslash": (b'boundary="gren\\ze"', b"grenze"),
        "backslash-kept": (b'boundary="gren\\ze"', b"gren\\ze"),
        "long": (b"boundary=" + b"x" * 90, b"x" * 90),
        "long-cut": (b"boundary=" + b"x" * 90, b"x" * 70),
        "empty": (b'boundary=""', b"grenze"),
        "nothing": (b"boundary=", b"grenze"),
        "absent": (b"charset=x", b"grenze"),
        "wrong": (b"boundary=foo", b"grenze"),
    }.items():
        body = multipart(part(EXE)).partition(b"\r\n\r\n")[2].replace(B, used)
        kind = b"Content-Type: multipart/mixed; " + parameter + b"\r\n"
        yield Case(f"boundary-{name}", head(kind) + body, plain if "long" not in name else plain.replace(B, b"x" * 70))
    del twin
    shown = multipart(part(EXE))
    mark = b"--" + B + b"\r\nContent-Type: application"
    for name, line in {
        "prefix": b"--" + B + b"-mehr\r\n",
        "text-behind": b"--" + B + b" text\r\n",
        "indented": b" --" + B + b"\r\n",
        "tab": b"\t--" + B + b"\r\n",
        "return-only": b"--" + B + b"\r",
        "line-feed-only": b"--" + B + b"\n",
    }.items():
        yield Case(
            f"delimiter-{name}",
            shown.replace(mark, line + b"Content-Type: application"),
            multipart(note()).replace(LETTER[:20], b"> --" + B + b"\r\n" + LETTER[:20], 1),
        )
    yield Case("delimiters-all-prefixed", shown.replace(b"--" + B + b"\r\n", b"--" + B + b"0\r\n"), plain)
    yield Case("close-missing", shown.removesuffix(b"--" + B + b"--\r\n"), plain + b"Ende\r\n")
    yield Case(
        "close-early",
        shown.replace(mark, b"--" + B + b"--\r\n" + mark),
        plain + b"\r\n-- \r\nListe: http://example.org\r\n",
    )
    yield Case("close-one-dash", shown.replace(mark, b"--" + B + b"-\r\n" + mark), plain)
    yield Case(
        "entity-in-preamble", around(part(EXE), b""), around(b"This is a multi-part message in MIME format.", b"")
    )
    yield Case("entity-in-epilogue", around(b"", part(EXE)), around(b"", b"_______\r\nListe: http://example.org"))
    for name, used in {"outer-boundary": B, "no-boundary": b""}.items():
        inner = (
            b"Content-Type: multipart/mixed"
            + (b"; boundary=" + used if used else b"")
            + b"\r\n\r\n--"
            + B
            + b"\r\n"
            + part(EXE)
        )
        yield Case(f"inner-multipart-{name}", multipart(inner), plain)
    nested = b"Content-Type: multipart/mixed; boundary=%s-2\r\n\r\n--%s-2\r\n%s\r\n--%s-2--\r\n"
    yield Case(
        "boundary-extends-outer", multipart(nested % (B, B, part(EXE), B)), multipart(nested % (B, B, note(), B))
    )


def around(before: bytes, behind: bytes) -> bytes:
    """A message with text in front of and behind its parts."""
    top, blank, rest = multipart(note()).partition(b"\r\n\r\n")
    return top + blank + before + b"\r\n" + rest + behind + b"\r\n"


def separators() -> Iterator[Case]:
    """Headers and bodies that readers part at different places."""
    kind = b"Content-Type: application/octet-stream; name=x.bin\r\n"
    top = head(kind).removesuffix(b"\r\n").removesuffix(b"\r\n")
    twin = head(PLAIN) + LETTER
    for name, blank in {
        "line-feeds": b"\n\n", "returns": b"\r\r", "line-feed-return": b"\n\r", "return-behind": b"\r\n\r", "blank": b"\r\n \r\n",
        "junk": b"\r\njunk\r\n", "usual": b"\r\n",
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
    yield Case(
        "encoding-behind-blank-line",
        multipart(part(EXE, encoding=b"", blank=b"\r\nContent-Transfer-Encoding: base64\r\n\r\n")),
        multipart(note(LETTER + b"\r\nContent-Type: so heisst das Feld.\r\n", encoding=b"")),
    )


def decodings() -> Iterator[Case]:
    """Encoded bodies that decoders read differently."""
    letters = base64.b64encode(PROGRAM)
    quanta = [letters[at : at + 4] for at in range(0, len(letters), 4)]
    usual = multipart(note(), note(base64.b64encode(LETTER) + b"\r\n"))
    for name, body in {
        "foreign-each-quantum": b"!".join(quanta), "foreign-each-character": b"*".join(letters[at : at + 1] for at in range(len(letters))),
        "padding-inside": base64.b64encode(PROGRAM[:400]) + b"\r\n" + base64.b64encode(PROGRAM[400:]),
        "padding-each-line": lines(PROGRAM, 55), "padding-each-octet": lines(PROGRAM, 1).replace(b"\r\n", b""),
        "padding-each-octet-a-line": lines(PROGRAM, 1), "padding-spread": b"=".join(quanta), "padding-leading": b"=" + letters,
        "padding-leading-four": b"====" + letters,
        "prologue": b"dies ist nur Text.\r\n\r\n" + letters, "one-character-a-line": b"\r\n".join(quanta), "one-line": letters,
        "url-alphabet": letters.replace(b"+", b"-").replace(b"/", b"_"),
    }.items():  # fmt: skip
        yield Case(f"base64-{name}", multipart(part(body + b"\r\n")), usual)
    encoded = qp(PROGRAM)
    text = multipart(
        note(b"Gr=C3=BC=C3=9Fe, a=3Db, eine lange Zeile =\r\ngeht weiter\r\n", encoding=cte(b"quoted-printable"))
    )
    for name, body in {
        "lower": encoded.lower(), "blanks": encoded.replace(b"=\r\n", b"=  \r\n"), "returns": encoded.replace(b"=\r\n", b"=\r"),
        "line-feeds": encoded.replace(b"=\r\n", b"=\n"), "broken-triplet": re.sub(rb"(=4)(.)", rb"\1=\r\n\2", encoded),
        "double-sign": b"==" + encoded, "sign-at": encoded + b"=@", "zero-x": re.sub(rb"=([0-9A-F]{2})", rb"=0x\1", encoded),
        "raw": PROGRAM.replace(b"=", b"=3D").replace(b"\r", b"=0D").replace(b"\n", b"=0A"), "long-line": encoded.replace(b"=\r\n", b""),
    }.items():  # fmt: skip
        yield Case(f"qp-{name}", multipart(part(body, encoding=cte(b"quoted-printable"))), text)
    uu = b"begin 644 setup.exe\r\n" + b"".join(
        binascii.b2a_uu(PROGRAM[at : at + 45]).replace(b"\n", b"\r\n") for at in range(0, len(PROGRAM), 45)
    ) + b"`\r\nend\r\n"  # fmt: skip
    begin = head(PLAIN) + b"Wir\r\nbegin 2026 with good news\r\n" + LETTER
    yield Case("uuencode-in-text", head(PLAIN) + LETTER + b"\r\n" + uu, begin)
    for token in (b"x-uuencode", b"uuencode", b"x-uue"):
        yield Case(f"uuencode-as-{token.decode()}", multipart(part(uu, encoding=cte(token))), begin)
    inner = multipart(part(EXE)).replace(B, b"innen")
    boxed = multipart(b"Content-Type: message/rfc822\r\n\r\n" + multipart(note()).replace(B, b"innen"))
    for token, body in ((b"base64", lines(inner)), (b"quoted-printable", qp(inner))):
        yield Case(
            f"encoded-message-{token.decode()}",
            multipart(b"Content-Type: message/rfc822\r\n" + cte(token) + b"\r\n" + body),
            boxed,
        )
        kind = b"Content-Type: multipart/mixed; boundary=innen\r\n" + cte(token) + b"\r\n"
        content = inner.partition(b"\r\n\r\n")[2]
        body = lines(content) if token == b"base64" else qp(content)
        yield Case(f"encoded-multipart-{token.decode()}", multipart(kind + body), boxed)
    yield Case(
        "message-as-octets",
        multipart(part(lines(inner), shown=b"Content-Disposition: attachment; filename=x.eml\r\n")),
        boxed,
    )


SCRIPT = lines(b'Set s = CreateObject("WScript.Shell")\r\ns.Run "cmd /c echo hallo", 0\r\n' * 3)


def names() -> Iterator[Case]:
    """File names that readers take differently; the content is a script, which its name makes one."""

    def named(shown: bytes, kind: bytes = b"application/octet-stream") -> bytes:
        return multipart(
            part(
                SCRIPT,
                kind=b"Content-Type: " + kind + b"\r\n",
                shown=b"Content-Disposition: attachment; " + shown + b"\r\n",
            )
        )

    def harmless(shown: bytes) -> bytes:
        return multipart(note(shown=b"Content-Disposition: attachment; " + shown + b"\r\n"))

    longer = harmless(b'filename*0="brief an "; filename*1=alle.txt')
    for name, shown, kind, twin in (
        ("two-fields", b"filename=a.txt", b"text/plain; name=a.vbs", harmless(b"filename=brief.txt")),
        (
            "two-parameters",
            b"filename=a.txt; filename=a.vbs",
            b"text/plain",
            harmless(b"filename=a.txt; filename=b.txt"),
        ),
        (
            "two-parameters-reversed",
            b"filename=a.vbs; filename=a.txt",
            b"text/plain",
            harmless(b"filename=a.txt; filename=b.txt"),
        ),
        (
            "extended",
            b"filename=a.txt; filename*=utf-8''a.vbs",
            b"text/plain",
            harmless(b"filename=a.txt; filename*=utf-8''%C3%A4.txt"),
        ),
        ("extended-reversed", b"filename=a.vbs; filename*=utf-8''a.txt", b"text/plain", longer),
        ("continuation-out-of-order", b"filename*1=.vbs; filename*0=a", b"text/plain", longer),
        ("continuation-from-one", b"filename*1=a.; filename*2=vbs", b"text/plain", longer),
        ("language-tag", b"filename*=utf-8'de'a.vbs", b"text/plain", longer),
        (
            "encoded-word",
            b'filename="=?utf-8?Q?a.vbs?="',
            b"text/plain",
            harmless(b'filename="=?utf-8?Q?Gr=C3=BC=C3=9Fe.txt?="'),
        ),
        (
            "encoded-word-bare",
            b"filename==?utf-8?Q?a.vbs?=",
            b"text/plain",
            harmless(b"filename==?utf-8?Q?Gr=C3=BC=C3=9Fe.txt?="),
        ),
        ("encoded-word-split", b'filename="=?utf-8?Q?a.v?= =?utf-8?Q?bs?="', b"text/plain", longer),
        ("unquoted-space", b"filename=a b.vbs", b"text/plain", harmless(b"filename=a b.txt")),
        ("folded-in-quotes", b'filename="a\r\n b.vbs"', b"text/plain", harmless(b'filename="a\r\n b.txt"')),
        ("nul", b'filename="a.vbs\0.txt"', b"text/plain", longer),
        ("nul-behind", b'filename="a.txt\0.vbs"', b"text/plain", longer),
        ("type-only", b"size=3", b"text/plain; name=a.vbs", longer),
        ("trailing-dot", b'filename="a.vbs."', b"text/plain", longer),
        ("trailing-space", b'filename="a.vbs "', b"text/plain", longer),
        ("override", 'filename="a\u202etxt.vbs"'.encode(), b"text/plain", longer),
    ):
        yield Case(f"name-{name}", named(shown, kind), twin)
    twice = part(
        SCRIPT,
        shown=b"Content-Disposition: attachment; filename=a.txt\r\nContent-Disposition: attachment; filename=a.vbs\r\n",
    )
    yield Case("name-two-dispositions", multipart(twice), multipart(note(shown=TEXT + TEXT)))


def cases() -> list[Case]:
    """Every class."""
    return [*encodings(), *types(), *boundaries(), *separators(), *decodings(), *names()]
