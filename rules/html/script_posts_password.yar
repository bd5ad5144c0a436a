rule Script_Posts_Password_To_Script
{
    meta:
        author = "attachguard"
        description = "A script of an attached page that sends a typed password to a script of a foreign server"
        date = "2026-11-30"
        reference = "https://attack.mitre.org/techniques/T1598/003/"
        score = 75
        attachguard_code = "malware-suspected"
        attachguard_types = "js"
        attachguard_scope = "script"
    strings:
        $to = /["'`]https?:\/\/[^"'`<>\s?]{4,200}\.php["'`?]/ nocase
        $how1 = ".ajax(" nocase
        $how2 = "XMLHttpRequest("
        $how3 = /fetc[hH]\(/
        $how4 = "$.post("
        $what1 = /["'#](pass|passwd|password|passwort|kennwort|pwd)["']\)\.val/ nocase
        $what2 = /["'](pass|passwd|password|passwort|kennwort|pwd)["']\)\.value/ nocase
        $what3 = /[{,]\s?["']?pass(wd|word|wort)?["']? ?:/ nocase
    condition:
        (ag_parent_type == "html" or ag_parent_type == "xhtml" or ag_parent_type == "svg") and filesize < 5MB
        and $to and any of ($how*) and any of ($what*)
}
