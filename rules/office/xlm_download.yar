// Excel 4 macros have no editor and no comments; one that names this function of Windows is a downloader.

rule Excel4_Macro_Downloads
{
    meta:
        author = "attachguard"
        description = "A workbook whose Excel 4 macros name the function of Windows that downloads a file"
        date = "2026-11-22"
        score = 80
        attachguard_code = "malware-suspected"
        attachguard_types = "xls xls5 txt"
    strings:
        // In the workbook's own bytes (BIFF), or in the layer with the macros of a SYLK workbook.
        $download = "URLDownloadToFile"
    condition:
        $download and ((ag_has_macros and uint32be(0) == 0xD0CF11E0) or (ag_role == "layer" and ag_parent_type == "slk"))
}
