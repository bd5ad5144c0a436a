// HTML smuggling: the page carries a file as text, and its script stores it as if it had been downloaded.

rule HTML_Smuggles_File
{
    meta:
        author = "attachguard"
        description = "A script that builds a program or an archive from text and stores it"
        date = "2026-11-30"
        score = 80
        attachguard_code = "malware-suspected"
        attachguard_types = "js"
        attachguard_scope = "script"
    strings:
        $store1 = ".createObjectURL("
        $store2 = ".msSaveBlob("
        $store3 = ".msSaveOrOpenBlob("
        $decode1 = ".charCodeAt("
        $decode2 = ".codePointAt("
        // ZIP, RAR, program
        $file = /["'`](UEsDB|UmFyIR|TVqQA|TVpQA)[A-Za-z0-9+\/]{32}/
    condition:
        filesize < 40MB and any of ($store*) and any of ($decode*) and $file
}
