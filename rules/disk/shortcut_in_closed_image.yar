// Disk images in mail have one use: files inside them lose the mark that they came from outside.

rule Shortcut_In_Closed_Disk_Image
{
    meta:
        author = "attachguard"
        description = "A Windows shortcut inside a disk image of a kind that is not opened"
        date = "2026-11-22"
        score = 75
        attachguard_code = "malware-suspected"
        attachguard_types = "vhd vhdx fat img udf"
    condition:
        // Files begin at sectors; the header of a shortcut is its size and the first bytes of its class.
        (filetype == "vhd" or filetype == "vhdx" or filetype == "fat" or filetype == "img" or filetype == "udf") and filesize < 100MB
        and for any sector in (0..filesize \ 512) : (
            uint32(sector * 512) == 0x4C and uint32(sector * 512 + 4) == 0x00021401
        )
}
