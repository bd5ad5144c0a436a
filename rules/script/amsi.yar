rule Script_Switches_Off_Scanning
{
    meta:
        author = "attachguard"
        description = "A script that switches off the interface by which Windows shows scripts to virus scanners"
        date = "2026-11-30"
        reference = "https://attack.mitre.org/techniques/T1562/001/"
        score = 95
        attachguard_code = "malware-suspected"
        attachguard_types = "script"
        attachguard_scope = "macro script"
    strings:
        $name1 = "AmsiUtils" nocase
        $name2 = "'Amsi'+'Utils'" nocase
        $name3 = "'A'+'msi" nocase
        $name6 = "\"A\"+\"msi" nocase
        $name7 = "*iUtils" nocase
        $name4 = "AmsiScanBuffer" nocase
        $name5 = "amsi.dll" nocase
        $how1 = "amsiInitFailed" nocase
        $how2 = "amsiContext" nocase
        $how3 = "amsiSession" nocase
        $how4 = "InitFailed'" nocase
        $how7 = "NonPublic,Static" nocase
        $how5 = "VirtualProtect" nocase
        $how6 = "::Copy(" nocase
    condition:
        filesize < 5MB and any of ($name*) and any of ($how*)
}
