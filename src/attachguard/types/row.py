"""One row of the table of file types: all that is known of a type besides how its content is read."""

from __future__ import annotations

import re

import msgspec

from attachguard.types.checks.weak import Check, Weak


class Row(msgspec.Struct, frozen=True):
    """One type. Columns of several words are words with blanks between them, extensions without their dot and in lower case.

    Args:
        id: short and extension-like; API.
        group: family of types, as policies name it.
        title: what it is, in plain words.
        mime: IANA's media type where there is one, else the one that mail filters match.
        names: extensions that belong to it, the usual one first.
        refines: id of the type that this one is a special kind of: a `docx` is found inside a `zip` and takes its place.
        means: what being of this type means, whatever the content: `executable`, `script`, `archive`, `multimedia`, `legacy` (an old office
            format), `opaque` (nobody here can look into it). What means `executable` or `script` runs under its names by a click.
        runs: further extensions that Windows, a shell or an interpreter runs or acts on by a click.
        loads: those of its names that other programs load and nobody opens by a click.
        text: extensions under which plain text is of this type, `*` for its names: text shows its language to readers, the program that opens it goes
            by the name.
        bare: extensions under which any bytes are of this type, because what runs or reads them goes by the name alone.
        vague: those of its names that so many programs use that they claim nothing.
        shared: those of its names that texts have as well.
        family: families of types that one program opens under each other's names.
        signs: suffixes of signatures next to their file.
        detached: those of them that nothing else has.
        wraps: suffixes after the name of the file that is inside; `tgz>tar` where that gets a suffix of its own.
        armored: extensions under which text holds it between lines `-----BEGIN …-----`.
        holds: whether it keeps files as they are, so that a signature inside it says nothing about the whole.
        page: whether it is a document that does nothing by itself.
        macros: whether it is a kind of document that may have macros.
        beside: whether it is what an archive is for, and the archive is that for everybody else.
        opened: whether mail clients open it by themselves, so that its contents are on a list of types, not it.
        sought: further names under which programs look for it in text.
        sealed: whether it is a package that carries signatures of its own.
        sniffed: whether programs open it by its first bytes, whatever its name.
        browsed: whether a browser opens it, and shows what it holds.
        firm: whether programs open it as what it is before they look for a web archive.
        mark: what the program that opens it by its name looks for, wherever in it; a regular expression, in any case.
        needs: what text under its names must have to be of this type, because other programs have files of such names, too; likewise.
        versioned: whether its content tells its version, for policies that ask for one.
        packed: those of its names that are names of archives, not of images of disks or installers.
        plain: whether it is text as it is, about which an inspector may be known to have nothing to say without certain octets.
        prose: whether it is words or plain data, of which mail has most.
        noted: whether a small file of it may hold the password of what lies beside.
        german: the title in German, where policies speak of it.
        starts: first bytes that prove it.
        weak: first bytes that prove it together with what follows.
        at: bytes further in that prove it, each with its offset, whatever the first bytes say.
        inside: likewise, where the first bytes say nothing; with a check where these bytes alone are not enough.
        opens: first bytes of text that only it has, in lower case.
        lines: patterns of its first lines, each with the letters that such text begins with.
        shebang: names that interpreters begin with, of text whose first line names one.
        roots: root elements of XML in lower case; `feed@www.w3.org/2005/Atom` where a name space must have these letters.
    """

    id: str
    group: str
    title: str
    mime: str
    names: str = ""
    refines: str = ""
    means: str = ""
    runs: str = ""
    loads: str = ""
    text: str = ""
    bare: str = ""
    vague: str = ""
    shared: str = ""
    family: str = ""
    signs: str = ""
    detached: str = ""
    wraps: str = ""
    armored: str = ""
    holds: bool = False
    page: bool = False
    macros: bool = False
    beside: bool = False
    opened: bool = False
    sought: str = ""
    sealed: bool = False
    sniffed: bool = False
    browsed: bool = False
    firm: bool = False
    mark: bytes = b""
    needs: bytes = b""
    versioned: bool = False
    packed: str = ""
    plain: bool = False
    prose: bool = False
    noted: bool = False
    german: str = ""
    starts: tuple[bytes, ...] = ()
    weak: tuple[Weak, ...] = ()
    at: tuple[tuple[int, bytes], ...] = ()
    inside: tuple[tuple[int, bytes] | tuple[int, bytes, Check], ...] = ()
    opens: tuple[bytes, ...] = ()
    lines: tuple[tuple[bytes, re.Pattern[bytes]], ...] = ()
    shebang: str = ""
    roots: str = ""
