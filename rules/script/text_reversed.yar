// Script that hides its own words: nobody who writes a form letter does so.

rule Script_Text_Reversed
{
    meta:
        author = "attachguard"
        description = "A script that holds the names of its tools spelt backwards"
        date = "2026-11-30"
        score = 80
        attachguard_code = "malware-suspected"
        attachguard_types = "script"
        attachguard_scope = "macro script"
    strings:
        $shell = ".tpircSW" nocase          // WScript.
        $address1 = "//:ptth" nocase        // http://
        $address2 = "//:sptth" nocase       // https://
        $powershell = ".llehsrewop" nocase  // powershell.
    condition:
        filesize < 2MB and any of them
}
