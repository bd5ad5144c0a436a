rule Disk_Image_Starts_Itself
{
    meta:
        author = "attachguard"
        description = "A disk image with settings that make Windows start a program or script from it"
        date = "2026-11-30"
        reference = "https://attack.mitre.org/techniques/T1091/"
        score = 75
        attachguard_code = "malware-suspected"
        attachguard_types = "ini inf"
    strings:
        $section = "[autorun]" nocase
        $open1 = /open ?= ?[^\r\n=]{1,120}\.(exe|dll|bat|cmd|js|vbs|lnk|scr|hta|ps1)/ nocase
        $open2 = /shellexecute ?= ?[^\r\n=]{1,120}\.(exe|dll|bat|cmd|js|vbs|lnk|scr|hta|ps1)/ nocase
        $open3 = /command ?= ?[^\r\n=]{1,120}\.(exe|dll|bat|cmd|js|vbs|lnk|scr|hta|ps1)/ nocase
    condition:
        (ag_parent_type == "iso" or ag_parent_type == "udf" or ag_parent_type == "fat" or ag_parent_type == "img" or ag_parent_type == "ntfs" or ag_parent_type == "vhd" or ag_parent_type == "vhdx") and filesize < 64KB and $section and any of ($open*)
}
