// Script in PDF: calls that exploits of readers use, and files that are taken out of the document and opened.

rule PDF_Script_Opens_Attachment
{
    meta:
        author = "attachguard"
        description = "A PDF script that stores an attached file and opens it"
        date = "2026-11-30"
        score = 75
        attachguard_code = "malware-suspected"
        attachguard_types = "js"
        attachguard_scope = "pdf-script"
    strings:
        $export = /\.exportDataObject\([^)]{0,200}nLaunch["']?[ ]{0,2}:[ ]{0,2}[12]/
    condition:
        $export
}
