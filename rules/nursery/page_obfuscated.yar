rule Page_Script_Obfuscated
{
    meta:
        author = "attachguard"
        description = "An attached page whose script a program has made unreadable"
        date = "2026-11-30"
        reference = "https://attack.mitre.org/techniques/T1027/013/"
        score = 65
        attachguard_code = "malware-suspected"
        attachguard_types = "js"
        attachguard_scope = "script"
    strings:
        $name1 = "(_0x"
        $name2 = " _0x"
        $name3 = "=_0x"
        $name4 = ",_0x"
        $turn1 = "['push']("
        $turn2 = "['shift']("
        $turn3 = "parseInt(_0x"
        $show1 = "document"
        $show2 = "location"
        $show3 = "atob"
    condition:
        (ag_parent_type == "html" or ag_parent_type == "xhtml" or ag_parent_type == "svg") and filesize < 5MB
        and #name1 + #name2 + #name3 + #name4 > 40 and any of ($turn*) and any of ($show*)
}
