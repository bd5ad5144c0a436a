rule Macro_Infects_Template
{
    meta:
        author = "attachguard"
        description = "A macro that writes code into the template of all documents or into other documents"
        date = "2026-11-30"
        reference = "https://attack.mitre.org/techniques/T1137/001/"
        score = 85
        attachguard_code = "malware-suspected"
        attachguard_types = "vb"
        attachguard_scope = "macro"
    strings:
        $target1 = "NormalTemplate" nocase
        $target2 = "Normal.dot" nocase
        $target3 = ".StartupPath" nocase
        $target4 = ".AltStartupPath" nocase
        $write1 = ".InsertLines" nocase
        $write2 = ".AddFromString" nocase
        $write3 = ".VBComponents.Import" nocase
        $write4 = ".OrganizerCopy" nocase
        $write5 = ".ReplaceLine" nocase
        $write6 = ".AddFromFile" nocase
        $read1 = ".Lines(" nocase
        $read2 = ".CountOfLines" nocase
        $read3 = ".Export" nocase
        $read4 = "MacroCopy" nocase
        $read5 = ".VirusProtection" nocase
        $read6 = ".SaveCopyAs" nocase
        $read7 = ".FullName" nocase
    condition:
        filesize < 5MB and any of ($target*) and any of ($write*) and any of ($read*)
}
