// Script that hides its own words: nobody who writes a form letter does so.

rule Script_Object_Name_Hidden
{
    meta:
        author = "attachguard"
        description = "A Basic script that hides which object or program it starts"
        date = "2026-11-30"
        score = 75
        attachguard_code = "malware-suspected"
        attachguard_types = "vb"
        attachguard_scope = "macro script"
    strings:
        // A class of one letter in two cases keeps YARA from searching for the letters before it: rules/README.md, "Fast rules".
        $codes = /(CreateObjec[tT]|GetObjec[tT]|Shel[lL]|Execut[eE]|ExecuteGloba[lL])\(Chr[WB$]{0,2}\(/ nocase
        $reversed = /(CreateObjec[tT]|GetObjec[tT]|Shel[lL]|Execut[eE]|ExecuteGloba[lL])\(StrReverse\(/ nocase
        $joined = /CreateObject\("[\w.]{1,14}" ?[&+] ?"/ nocase
        $replaced = /(CreateObject|GetObject)\(Replace\(/ nocase
    condition:
        filesize < 2MB and any of them
}
