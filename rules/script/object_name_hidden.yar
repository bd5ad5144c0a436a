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
        $codes = /(CreateObjec[tT]|GetObjec[tT]|Shel[lL]|Execut[eE]|ExecuteGloba[lL])[ (]{1,2}Chr[WB$]{0,2}\(/ nocase
        $reversed = /(CreateObjec[tT]|GetObjec[tT]|Shel[lL]|Execut[eE]|ExecuteGloba[lL])[ (]{1,2}StrReverse\(/ nocase
        $joined = /CreateObject\("[\w.]{1,14}" ?[&+] ?"/ nocase
        $replaced = /(CreateObject|GetObject)\(Replace\(/ nocase
        $called = /CreateObject\([a-z_]\w{0,40}\("/ nocase
        $coded1 = /Shell[ (]{1,2}[a-z]\w{0,40}\("[0-9a-f]{8}/ nocase
        $coded2 = /\.Run[ (]{1,2}[a-z]\w{0,40}\("[0-9a-f]{8}/ nocase
    condition:
        filesize < 2MB and any of them
}
