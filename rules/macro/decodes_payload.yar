rule Macro_Decodes_File_And_Stores_It
{
    meta:
        author = "attachguard"
        description = "A macro that decodes a file out of text, stores it and starts programs"
        date = "2026-11-30"
        reference = "https://attack.mitre.org/techniques/T1140/"
        score = 80
        attachguard_code = "malware-suspected"
        attachguard_types = "vb"
        attachguard_scope = "macro"
    strings:
        $run1 = /\bShell[ (]/ nocase
        $run2 = ".ShellExecute" nocase
        $run3 = ".Run(" nocase
        $run4 = ".Run " nocase
        $run5 = ".Exec(" nocase
        $run6 = ".Create(" nocase
        $run7 = ".Create " nocase
        
        $decode1 = "bin.base64" nocase
        $decode2 = "bin.hex" nocase
        $decode3 = "CryptStringToBinary"
        $decode4 = "-decode " nocase
        $store1 = ".SaveToFile" nocase
        $store2 = "Put #" nocase
        $store3 = /Put [^\r\n,]{1,12}, ?,/ nocase
        $store4 = ".Write " nocase
        $start1 = ".exe" nocase
        $start2 = ".dll" nocase
        $start3 = "LoadLibrary"
        $start4 = ".scr\"" nocase
        $start5 = "rundll32" nocase
    condition:
        filesize < 5MB and any of ($decode*) and any of ($store*) and (any of ($start*)) and any of ($run*)
}
