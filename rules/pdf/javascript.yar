// Script in PDF: calls that exploits of readers use, and files that are taken out of the document and opened.

rule PDF_Script_Exploit
{
    meta:
        author = "attachguard"
        description = "A PDF script that calls a function known for its holes with decoded data"
        date = "2026-11-22"
        score = 80
        attachguard_code = "malware-suspected"
        attachguard_types = "js"
    strings:
        $call1 = ".getIcon(" nocase
        $call2 = ".collectEmailInfo(" nocase
        $call3 = ".customDictionaryOpen(" nocase
        $call4 = ".newPlayer(null" nocase
        $call5 = "%45000f"
        $data1 = "(unescape(" nocase
        $data2 = "=unescape(" nocase
        $data3 = ".fromCharCode(" nocase
    condition:
        ag_parent_type == "pdf" and filesize < 5MB and any of ($call*) and any of ($data*)
}

rule PDF_Script_Opens_Attachment
{
    meta:
        author = "attachguard"
        description = "A PDF script that stores an attached file and opens it"
        date = "2026-11-22"
        score = 75
        attachguard_code = "malware-suspected"
        attachguard_types = "js"
    strings:
        $export = /\.exportDataObject\([^)]{0,200}nLaunch["']?[ ]{0,2}:[ ]{0,2}[12]/
    condition:
        ag_parent_type == "pdf" and $export
}
