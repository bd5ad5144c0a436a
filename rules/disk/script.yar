rule Script_In_Disk_Image_Starts_Neighbour
{
    meta:
        author = "attachguard"
        description = "A script inside a disk image that starts a program or library beside it"
        date = "2026-11-30"
        reference = "https://attack.mitre.org/techniques/T1553/005/"
        score = 85
        attachguard_code = "malware-suspected"
        attachguard_types = "js vb wsf hta bat ps1"
        attachguard_scope = "macro script"
    strings:
        $tool1 = "rundll32" nocase
        $tool2 = "regsvr32" nocase
        $tool3 = ".ShellExecute" nocase
        $tool4 = ".Run" nocase
        $tool5 = /start[ \t]{1,4}(\/min|\/b|"")/ nocase
        $tool6 = "Start-Process" nocase
        $file1 = ".dll" nocase
        $file2 = ".exe" nocase
        $file3 = ".dat" nocase
        $file4 = ".cpl" nocase
        $file5 = ".ocx" nocase
        $file6 = ".tmp" nocase
        $file7 = ".jpg" nocase
        $file8 = ".png" nocase
    condition:
        (ag_parent_type == "iso" or ag_parent_type == "udf" or ag_parent_type == "fat" or ag_parent_type == "img" or ag_parent_type == "ntfs" or ag_parent_type == "vhd" or ag_parent_type == "vhdx") and filesize < 2MB and any of ($tool*) and any of ($file*)
}
