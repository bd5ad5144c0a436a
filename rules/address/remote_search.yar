// Addresses that a page or document hands to a program of Windows.

rule Address_Opens_Remote_Search
{
    meta:
        author = "attachguard"
        description = "An address that shows a folder of a foreign server as search results"
        date = "2026-11-22"
        score = 75
        attachguard_code = "malware-suspected"
        attachguard_types = "script html xhtml svg"
    strings:
        $address = /search-ms:.{0,300}?crumb=location:(\\\\|%5c%5c|file:|%66|http)/ nocase
    condition:
        $address
}
