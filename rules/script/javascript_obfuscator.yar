// Names and lookups as a well-known program makes them: a table of strings, turned round by a loop, read by number.

rule Script_Obfuscated_By_Program
{
    meta:
        author = "attachguard"
        description = "A script for Windows that a program has made unreadable"
        date = "2026-11-30"
        reference = "https://attack.mitre.org/techniques/T1027/013/"
        score = 80
        attachguard_code = "malware-suspected"
        attachguard_types = "js wsf hta"
        attachguard_scope = "script"
    strings:
        $name1 = "(_0x"
        $name2 = " _0x"
        $name3 = "=_0x"
        $name4 = ",_0x"
        $turn1 = "['push']("
        $turn2 = "['shift']("
        $turn3 = "parseInt(_0x"
        $host1 = "ActiveXObject"
        $host2 = "WScript"
        $host3 = "GetObject("
    condition:
        filesize < 5MB and #name1 + #name2 + #name3 + #name4 > 20 and any of ($turn*) and any of ($host*)
}
