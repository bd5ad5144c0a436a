// Equation Editor 3 copies the name of a font without asking how long it is (CVE-2017-11882, CVE-2018-0802). An equation is a header of 28 bytes
// (EQNOLEFILEHDR: 1C 00, version 2.0), the five bytes of a MathType header, and records; a font is 08, typeface, style, name, NUL. No real name is
// as long as 40 letters. The header is at the start, or where a stream of a compound file may begin: at a multiple of 64.

rule Equation_Font_Overflow
{
    meta:
        author = "attachguard"
        description = "An Equation Editor object whose font name overruns its buffer"
        date = "2026-11-22"
        score = 90
        attachguard_code = "malware-suspected"
        attachguard_types = "cfb bin"
    condition:
        (ag_role == "embedded" or ag_role == "layer") and (filetype == "cfb" or filetype == "bin") and filesize < 128KB
        and for any block in (0..filesize \ 64) : (
            uint32(block * 64) == 0x1C and uint16(block * 64 + 4) == 2 and uint8(block * 64 + 28) == 3
            and for any record in (33..40) : (
                uint8(block * 64 + record) == 8
                and for all letter in (0..39) : (uint8(block * 64 + record + 3 + letter) > 0)
            )
        )
}
