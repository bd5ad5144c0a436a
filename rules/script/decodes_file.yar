rule Script_Decodes_File_And_Starts_It
{
    meta:
        author = "attachguard"
        description = "A script that decodes a file out of text, stores it and starts something"
        date = "2026-11-30"
        reference = "https://attack.mitre.org/techniques/T1140/"
        score = 80
        attachguard_code = "malware-suspected"
        attachguard_types = "vb js wsf hta"
        attachguard_scope = "macro script"
    strings:
        $decode1 = "bin.base64" nocase
        $decode2 = "bin.hex" nocase
        $store1 = ".SaveToFile" nocase
        $store2 = ".nodeTypedValue" nocase
        $run1 = ".Run " nocase
        $run2 = ".Run(" nocase
        $run3 = ".Exec(" nocase
        $run4 = ".ShellExecute" nocase
        $run5 = ".Create(" nocase
    condition:
        filesize < 20MB and any of ($decode*) and all of ($store*) and any of ($run*)
}
