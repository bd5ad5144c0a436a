// Macro sheets that write their own formulas: letters are calculated, the result is written as a formula and run.

rule Excel4_Macro_Writes_Itself
{
    meta:
        author = "attachguard"
        description = "A workbook whose Excel 4 macros calculate further macros and run them"
        date = "2026-11-30"
        reference = "https://attack.mitre.org/techniques/T1027/"
        score = 80
        attachguard_code = "malware-suspected"
        attachguard_types = "xml"
    strings:
        $sheet = "macrosheet"
        $write1 = "FORMULA.FILL(" nocase
        $write2 = ">FORMULA(" nocase
        $write3 = "SET.VALUE(" nocase
        $code1 = "CHAR(" nocase
        $code2 = "MID(" nocase
        $look = "GET.WORKSPACE(" nocase
        $go1 = ">GOTO(" nocase
        $go2 = ">RUN(" nocase
        $go3 = ">WHILE(" nocase
    condition:
        ag_role == "layer" and filesize < 20MB and $sheet and any of ($write*) and ((#code1 > 15 or #code2 > 15) or #look > 2) and any of ($go*)
}
