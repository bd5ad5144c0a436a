rule Macro_Lowers_Macro_Security
{
    meta:
        author = "attachguard"
        description = "A macro that changes the settings by which Office keeps macros from running"
        date = "2026-11-30"
        reference = "https://attack.mitre.org/techniques/T1112/"
        score = 90
        attachguard_code = "malware-suspected"
        attachguard_types = "vb js wsf hta bat ps1"
        attachguard_scope = "macro script"
    strings:
        $value1 = "VBAWarnings" nocase
        $value2 = "AccessVBOM" nocase
        $value3 = "DisableInternetFilesInPV" nocase
        $value4 = "\\Trusted Locations\\" nocase
        $write1 = ".RegWrite" nocase
        $write2 = "reg add" nocase
        $write3 = "RegSetValueEx"
        $write4 = "-ItemProperty" nocase
        $write5 = ".SetDWORDValue" nocase
    condition:
        filesize < 5MB and any of ($value*) and any of ($write*)
}
