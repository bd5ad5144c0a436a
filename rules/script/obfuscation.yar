// Script that hides its own words: nobody who writes a form letter does so.

rule Script_Text_Reversed
{
    meta:
        author = "attachguard"
        description = "A script that holds the names of its tools spelt backwards"
        date = "2026-11-22"
        score = 80
        attachguard_code = "malware-suspected"
        attachguard_types = "script"
    strings:
        $shell = ".tpircSW" nocase          // WScript.
        $address1 = "//:ptth" nocase        // http://
        $address2 = "//:sptth" nocase       // https://
        $powershell = ".llehsrewop" nocase  // powershell.
    condition:
        filesize < 2MB and any of them
}

rule Script_Object_Name_Hidden
{
    meta:
        author = "attachguard"
        description = "A Basic script that hides which object or program it starts"
        date = "2026-11-22"
        score = 75
        attachguard_code = "malware-suspected"
        attachguard_types = "vb"
    strings:
        // A class of one letter in two cases keeps YARA from searching for the letters before it: rules/README.md, "Fast rules".
        $codes = /(CreateObjec[tT]|GetObjec[tT]|Shel[lL]|Execut[eE]|ExecuteGloba[lL])\(Chr[WB$]{0,2}\(/ nocase
        $reversed = /(CreateObjec[tT]|GetObjec[tT]|Shel[lL]|Execut[eE]|ExecuteGloba[lL])\(StrReverse\(/ nocase
    condition:
        filesize < 2MB and any of them
}

rule Script_Decoded_Twice
{
    meta:
        author = "attachguard"
        description = "A script that runs code it has decoded twice"
        date = "2026-11-22"
        score = 70
        attachguard_code = "malware-suspected"
        attachguard_types = "js html hta svg"
    strings:
        $unescape = /(eva[lL]|writ[eE])\(unescape\((atob|unescape|String\.fromCharCode|decodeURIComponent)\(/
        $atob = /(eva[lL]|writ[eE])\(atob\((atob|unescape|String\.fromCharCode|decodeURIComponent)\(/
        $uri = /(eva[lL]|writ[eE])\(decodeURIComponent\((atob|unescape|String\.fromCharCode|decodeURIComponent)\(/
    condition:
        filesize < 5MB and any of them
}
