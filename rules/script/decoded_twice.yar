// Script that hides its own words: nobody who writes a form letter does so.

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
