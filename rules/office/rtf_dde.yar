rule RTF_Field_Starts_Program
{
    meta:
        author = "attachguard"
        description = "A Rich Text document with a field that starts a program"
        date = "2026-11-30"
        reference = "https://attack.mitre.org/techniques/T1559/002/"
        score = 85
        attachguard_code = "malware-suspected"
        attachguard_types = "rtf"
    strings:
        $field1 = /DDEAUTO.{1,201}?(cmd|powershell|mshta|rundll32|regsvr32|wscript|msbuild)/ nocase
        $field2 = /\bDDE[ "].{1,201}?(cmd|powershell|mshta|rundll32|regsvr32|wscript|msbuild)\.exe/ nocase
        $instruction = "\\fldinst" nocase
    condition:
        filesize < 20MB and $instruction and any of ($field*)
}
