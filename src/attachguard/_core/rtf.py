r"""One pass over Rich Text: the object data, field codes and templates in it, as Word would read them.

RTF is groups in braces, control words (`\word`, an optional number, an optional space) and text. Object data is hex text in the destination
`\objdata`, and Word reads it through any white space, line ends, foreign letters, control words and nested groups; `\binN` announces N raw
bytes. A quoted byte (`\'hh`) is no hex text, and what stands in a group that begins with another destination belongs to that one. Where readers
differ on such things, the caller asks for the other readings. RTF 1.9.1, sections "Conventions of an RTF Reader" and "Objects".
"""

from __future__ import annotations

try:
    import cython
except ImportError:
    from attachguard._core import _shim as cython

#: Kinds of events.
OBJECT = 1
DATA = 2
CLASS = 3
TEMPLATE = 4
FIELD = 5
LINK = 6
UPDATE = 7
CONTROL = 8
#: Object data that other readings take for something else; above its eight bits stand those readings.
DOUBTFUL = 9
#: Object data that begins inside of other object data.
NESTED = 10
#: How far was read, where only the first object data was asked for.
END = 11
#: What may be an address: a value of a shape, the goal of a shape's link or the base of links, a file that the document is made of, a source of data.
VALUE = 12
GOAL = 13
FILE = 14
SOURCE = 15

#: Readings of object data, to be added: groups that begin with `\*` count, as do known destinations and quoted bytes; a quoted byte takes the digit
#: in front of it away; inner object data is not part of the outer; `\uN` has substitute characters behind it; a destination counts where it stands
#: behind text, too. The last one is no reading: the first object data and nothing else.
STARRED = 1
DESTINATIONS = 2
QUOTED = 4
HALVED = 8
APART = 16
SUBSTITUTES = 32
ANYWHERE = 64
FIRST = 128


_64_BITS: int = 0xFFFFFFFFFFFFFFFF


def _packed(names: str) -> frozenset[int]:
    """Control words as numbers of 64 bits: of their first eight letters the last seven, and how many letters they have."""
    return frozenset(
        (int.from_bytes(name[:8].lower().encode(), "big") << 8 | len(name)) & _64_BITS for name in names.split()
    )


#: Destinations that hold an address, with the kind of their event.
_ADDRESSES: dict[int, int] = {
    word: kind
    for names, kind in (
        ("sv", VALUE),
        ("hlsrc hlinkbase", GOAL),
        ("file nextfile", FILE),
        ("mmconnectstr mmconnectstrdata mmdatasource mmheadersource mmodsosrc mmodsoudl mmodsoudldata", SOURCE),
    )
    for word in _packed(names)
}


#: Destinations by their words (RTF 1.9.1, appendix "Index of RTF control words", kind "Destination"); those that Word passes over without
#: taking text are left out.
_DESTINATIONS = _packed(
    "aftncn aftnsep aftnsepc annotation atnauthor atndate atnid atnparent atnref atrfend atrfstart author background bkmkend bkmkstart blipuid buptim"
    " category colorschememapping colortbl comment company creatim datafield datastore defchp defpap do doccomm docvar dptxbxtext ebcend ebcstart"
    " factoidname falt fchars ffdeftext ffentrymcr ffexitmcr ffformat ffhelptext ffl ffname ffstattext field file filetbl fldinst fldrslt fldtype"
    " fontemb fonttbl footer footerf footerl footerr footnote formfield ftncn ftnsep ftnsepc g generator gridtbl header headerf headerl headerr hl"
    " hlfr hlinkbase hlloc hlsrc hsv info keywords latentstyles lchars levelnumbers leveltext lfolevel linkval list listlevel listname listoverride"
    " listoverridetable listpicture liststylename listtable listtext lsdlockedexcept macc maccPr mailmerge malnScr manager margPr margSz mbar mbarPr"
    " mbaseJc mbegChr mborderBox mborderBoxPr mbox mboxPr mchr mcount mctrlPr md mdeg mdegHide mden mdiff mdPr me mendChr meqArr meqArrPr mf mfName"
    " mfPr mfunc mfuncPr mgroupChr mgroupChrPr mgrow mhideBot mhideLeft mhideRight mhideTop mlim mlimLoc mlimLow mlimLowPr mlimUpp mlimUppPr mm"
    " mmaddfieldname mmathPict mmaxDist mmc mmcJc mmconnectstr mmconnectstrdata mmcPr mmcs mmdatasource mmheadersource mmmailsubject mmodso"
    " mmodsofilter mmodsofldmpdata mmodsomappedname mmodsoname mmodsorecipdata mmodsosort mmodsosrc mmodsotable mmodsoudl mmodsoudldata"
    " mmodsouniquetag mmPr mmquery mmr mnary mnaryPr mnoBreak mnum mobjDist moMath moMathPara moMathParaPr mopEmu mphant mphantPr mplcHide mpos mr"
    " mrad mradPr mrPr msepChr mshow mshp msPre msPrePr msSub msSubPr msSubSup msSubSupPr msSup msSupPr mstrikeBLTR mstrikeH mstrikeTLBR mstrikeV"
    " msub msubHide msup msupHide mtransp mtype mvertJc mvfmf mvfml mvtof mvtol mzeroAsc mzeroDesc mzeroWid nesttableprops nonesttables objalias"
    " objclass object objname objsect oldcprops oldpprops oldsprops oldtprops oleclsid operator panose password passwordhash pgp pgptbl picprop pict"
    " pn pnaiu pnaiud pnseclvl pntext pntxta pntxtb printim propname protend protstart protusertbl result revtbl revtim rxe shp shpgrp shpinst"
    " shppict shprslt shptxt sn sp staticval stylesheet subject sv svb tc template themedata title txe ud upr userprops wgrffmtfilter windowcaption"
    " writereservation writereservhash xe xform xmlattrname xmlattrvalue xmlclose xmlname xmlnstbl xmlopen"
)


def read(
    data: cython.const[cython.uchar][::1],
    reading: cython.int,
    most_events: cython.Py_ssize_t,
    most_text: cython.Py_ssize_t,
) -> list[tuple[int, int, bytes]]:
    r"""What an RTF file holds besides text: a list of (kind, offset, content).

    Args:
        data: the file.
        reading: how object data is read: 0 as Word does, or a sum of the readings above.
        most_events: where to stop.
        most_text: longest field code, class name or template path kept.
    """
    # Control words, their first eight letters packed into a number.
    word_bin: cython.ulonglong = 0x62696E
    word_u: cython.ulonglong = 0x75
    word_uc: cython.ulonglong = 0x7563
    word_tab: cython.ulonglong = 0x746162
    word_object: cython.ulonglong = 0x6F626A656374
    word_objdata: cython.ulonglong = 0x6F626A64617461
    word_objclass: cython.ulonglong = 0x6F626A636C617373
    word_objupdate: cython.ulonglong = 0x6F626A7570646174
    word_objlink: cython.ulonglong = 0x6F626A6C696E6B
    word_objautlink: cython.ulonglong = 0x6F626A6175746C69
    word_objocx: cython.ulonglong = 0x6F626A6F6378
    word_template: cython.ulonglong = 0x74656D706C617465
    word_fldinst: cython.ulonglong = 0x666C64696E7374

    size: cython.Py_ssize_t = len(data)
    i: cython.Py_ssize_t = 0
    j: cython.Py_ssize_t
    start: cython.Py_ssize_t
    c: cython.int
    depth: cython.longlong = 0
    letters: cython.int
    digits: cython.int
    word: cython.ulonglong
    number: cython.longlong
    wrapped: cython.ulonglong
    has_number: cython.bint
    negative: cython.bint
    star: cython.bint = False
    # Object data: open while data_depth >= 0; a group to pass over while skip_depth >= 0.
    data_depth: cython.longlong = -1
    data_at: cython.Py_ssize_t = 0
    skip_depth: cython.longlong = -1
    nibble: cython.int = -1
    value: cython.int
    # Readings that would read this object data differently.
    doubts: cython.int = 0
    opening: cython.bint = False
    # Substitute characters to pass over in object data.
    passed: cython.longlong = 0
    # Text destination: open while text_depth >= 0.
    text_depth: cython.longlong = -1
    text_at: cython.Py_ssize_t = 0
    text_kind: cython.int = 0
    fallback: cython.longlong = 1
    to_skip: cython.longlong = 0
    octets: bytearray = bytearray()
    text: bytearray = bytearray()
    events: list = []

    while i < size and len(events) < most_events:
        c = data[i]
        if c == 123:  # {
            depth += 1
            star = False
            opening = True
            i += 1
            continue
        if c == 125:  # }
            if depth == skip_depth:
                skip_depth = -1
            if depth == data_depth:
                events.append((DOUBTFUL | doubts << 8 if doubts else DATA, data_at, bytes(octets)))
                if reading & FIRST:
                    events.append((END, i, b""))
                    return events
                octets = bytearray()
                data_depth = -1
                skip_depth = -1
            if depth == text_depth:
                if text_kind < VALUE or b":" in text or b"\\\\" in text or b"//" in text:
                    events.append((text_kind, text_at, bytes(text)))
                text = bytearray()
                text_depth = -1
            if depth > 0:  # a brace too many does not end the document for every reader
                depth -= 1
            star = False
            opening = False
            to_skip = 0
            passed = 0
            i += 1
            continue
        if c != 92:
            if c > 32:
                opening = False
            if data_depth >= 0:
                if passed > 0:
                    passed -= 1
                elif skip_depth < 0:
                    value = -1
                    if 48 <= c <= 57:
                        value = c - 48
                    elif 97 <= c <= 102:
                        value = c - 87
                    elif 65 <= c <= 70:
                        value = c - 55
                    if value >= 0:
                        if nibble < 0:
                            nibble = value
                        else:
                            octets.append(nibble * 16 + value)
                            nibble = -1
                i += 1
            elif text_depth >= 0:
                if c >= 32:
                    if to_skip > 0:
                        to_skip -= 1
                    elif len(text) < most_text:
                        text.append(c)
                i += 1
            else:
                i += 1
                while i < size:
                    c = data[i]
                    if c == 92 or c == 123 or c == 125:
                        break
                    i += 1
            continue

        # A backslash: control symbol or control word.
        start = i
        i += 1
        if i >= size:
            break
        c = data[i]
        if not (97 <= c <= 122 or 65 <= c <= 90):
            i += 1
            if c == 42:  # \*
                star = True
                continue
            opening = False
            if data_depth >= 0:
                if c == 39:  # \'hh
                    doubts |= HALVED | QUOTED
                    if reading & HALVED:
                        nibble = -1
                    j = 0
                    while j < 2 and i < size and not reading & QUOTED:
                        c = data[i]
                        if not (48 <= c <= 57 or 97 <= c <= 102 or 65 <= c <= 70):
                            break
                        i += 1
                        j += 1
            elif text_depth >= 0:
                if c == 39 and i + 1 < size:  # \'hh
                    number = 0
                    for j in range(i, i + 2):
                        c = data[j]
                        number = number * 16
                        if 48 <= c <= 57:
                            number += c - 48
                        elif 97 <= c <= 102:
                            number += c - 87
                        elif 65 <= c <= 70:
                            number += c - 55
                    i += 2
                    if to_skip > 0:
                        to_skip -= 1
                    elif len(text) < most_text:
                        text.append(number & 255)
                elif c == 92 or c == 123 or c == 125 or c == 126:
                    if to_skip > 0:
                        to_skip -= 1
                    elif len(text) < most_text:
                        text.append(32 if c == 126 else c)
            continue
        word = 0
        letters = 0
        while i < size:
            c = data[i]
            if 65 <= c <= 90:
                c += 32
            elif not 97 <= c <= 122:
                break
            if letters < 8:
                word = word * 256 + c
            letters += 1
            i += 1
        number = 0
        wrapped = 0
        digits = 0
        negative = False
        if i + 1 < size and data[i] == 45 and 48 <= data[i + 1] <= 57:
            negative = True
            i += 1
        while i < size:
            c = data[i]
            if not 48 <= c <= 57:
                break
            if number < 1 << 40:
                number = number * 10 + (c - 48)
            wrapped = (wrapped * 10 + (c - 48)) & 0xFFFFFFFF
            digits += 1
            i += 1
        has_number = digits > 0
        if negative:
            number = -number
        if i < size and data[i] == 32:
            i += 1

        if word == word_bin and letters == 3:
            # Without a number, or with a negative one, no bytes follow; a number of more than 32 bits is cut to them.
            if number >= 1 << 31:
                number = wrapped if wrapped < 1 << 31 else 0
            if has_number and 0 < number <= size - i:
                if data_depth >= 0 and skip_depth < 0:
                    octets += bytes(data[i : i + number])
                    nibble = -1
                i += number
        elif word == word_objdata and letters == 7:
            if data_depth < 0:
                data_depth = depth
                data_at = start
                skip_depth = -1
                nibble = -1
                passed = 0
                doubts = 0
            else:
                # The same destination again: its digits go on, or it is one of its own; the caller looks at both.
                doubts |= APART
                if not reading & FIRST:
                    events.append((NESTED, start, b""))
                if reading & APART and skip_depth < 0:
                    skip_depth = depth
        elif data_depth >= 0:
            if opening and depth > data_depth and skip_depth < 0:
                if (((word << 8) | letters) & _64_BITS) in _DESTINATIONS:
                    doubts |= DESTINATIONS
                    if not reading & DESTINATIONS:
                        skip_depth = depth
                elif star:
                    doubts |= STARRED
                    if not reading & STARRED:
                        skip_depth = depth
            elif not opening and skip_depth < 0 and (((word << 8) | letters) & _64_BITS) in _DESTINATIONS:
                doubts |= ANYWHERE
                if reading & ANYWHERE:
                    skip_depth = depth
            if word == word_u and letters == 1 and has_number:
                doubts |= SUBSTITUTES
                if reading & SUBSTITUTES:
                    passed = fallback
            elif word == word_uc and letters == 2 and has_number:
                fallback = number if 0 <= number <= 1 << 20 else 1
        elif text_depth >= 0 and not (text_kind == VALUE and word == word_object and letters == 6):
            if word == word_u and letters == 1 and has_number:
                # \uN: a UTF-16 code unit as a signed number, then `\uc` fallback characters.
                if len(text) < most_text:
                    text += chr(number & 0xFFFF).encode("utf-8", "replace")
                to_skip = fallback
            elif word == word_uc and letters == 2 and has_number:
                fallback = number if 0 <= number <= 16 else 1
            elif word == word_tab and letters == 3:
                if len(text) < most_text:
                    text.append(32)
            elif word == word_fldinst and letters == 7 and len(text) < most_text:
                text.append(1)  # a field inside a field code
        elif word == word_object and letters == 6:
            if text_depth >= 0:  # it stands in the value of a shape, which is then no address
                text_depth = -1
                text = bytearray()
            events.append((OBJECT, start, b""))
        elif word == word_objclass and letters == 8:
            text_depth, text_at, text_kind = depth, start, CLASS
        elif word == word_template and letters == 8:
            text_depth, text_at, text_kind = depth, start, TEMPLATE
        elif word == word_fldinst and letters == 7:
            text_depth, text_at, text_kind = depth, start, FIELD
        elif word == word_objupdate and letters == 9:
            events.append((UPDATE, start, b""))
        elif (word == word_objlink and letters == 7) or (word == word_objautlink and letters == 10):
            events.append((LINK, start, b""))
        elif word == word_objocx and letters == 6:
            events.append((CONTROL, start, b""))
        elif opening and (((word << 8) | letters) & _64_BITS) in _ADDRESSES:
            text_depth, text_at, text_kind = depth, start, _ADDRESSES[((word << 8) | letters) & _64_BITS]
        star = False
        opening = False
    # A file that ends inside a destination still shows what it has of it.
    if data_depth >= 0:
        events.append((DOUBTFUL | doubts << 8 if doubts else DATA, data_at, bytes(octets)))
    if text_depth >= 0:
        events.append((text_kind, text_at, bytes(text)))
    if reading & FIRST:
        events.append((END, i, b""))
    return events
