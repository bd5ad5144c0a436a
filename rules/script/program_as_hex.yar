// A Windows program written out as text, which a script turns back into a file. The first bytes of the header differ little between linkers.

rule Program_As_Hex
{
    meta:
        author = "attachguard"
        description = "A Windows program in hexadecimal digits inside a script, page or text"
        date = "2026-11-22"
        score = 80
        attachguard_code = "malware-suspected"
        attachguard_types = "script text svg"
    strings:
        $program = /4d5a90000300000004000000f{4}/ nocase
    condition:
        $program
}
