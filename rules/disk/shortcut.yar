// Disk images in mail have one use: files inside them lose the mark that they came from outside.

rule Shortcut_In_Disk_Image
{
    meta:
        author = "attachguard"
        description = "A Windows shortcut inside a disk image"
        date = "2026-11-22"
        score = 75
        attachguard_code = "malware-suspected"
        attachguard_types = "lnk"
    condition:
        ag_parent_type == "iso" and ag_role == "member"
}
