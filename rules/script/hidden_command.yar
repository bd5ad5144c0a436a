rule Script_Starts_Command_Out_Of_Sight
{
    meta:
        author = "attachguard"
        description = "A script that starts an interpreter or tool of Windows without a window"
        date = "2026-11-30"
        reference = "https://attack.mitre.org/techniques/T1564/003/"
        score = 70
        attachguard_code = "malware-suspected"
        attachguard_types = "vb js wsf hta sct"
        attachguard_scope = "macro script"
    strings:
        $shell1 = "WScript.Shell" nocase
        $shell2 = "72C24DD5-D70A-438B-8A42-98424B88AFB8" nocase
        $run1 = /\.Run\(? ?["'](cmd|powershell|pwsh|%comspec%|mshta|wscript|cscript|rundll32|regsvr32|certutil|bitsadmin|curl|msiexec)(\.exe)?\b[^\r\n]{0,40}["'\w)], ?(0|vbHide)\b/ nocase
        $run2 = /\.Run\(?? ??["'](cmd|powershell|pwsh|%comspec%|mshta|wscript|cscript|rundll32|regsvr32|certutil|bitsadmin|curl|msiexec)(\.exe)??\b.{0,800}?[^\r\n]{24}?["'\w)](, 0|,0|, vbHide|,vbHide)\b/ nocase
    condition:
        filesize < 2MB and any of ($shell*) and any of ($run*)
}
