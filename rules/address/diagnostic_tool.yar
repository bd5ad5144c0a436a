// Addresses that a page or document hands to a program of Windows.

rule Address_Runs_Diagnostic_Tool
{
    meta:
        author = "attachguard"
        description = "An address that makes the Windows support tool run commands (CVE-2022-30190)"
        date = "2026-11-22"
        score = 90
        attachguard_code = "malware-suspected"
        attachguard_types = "script html xhtml xml svg rtf"
    strings:
        $address = /ms-msdt:.{1,300}?IT_BrowseForFile=.{0,300}?\$\(/ nocase
    condition:
        $address
}
