rule PDF_Launches_Shell
{
    meta:
        author = "attachguard"
        description = "A PDF whose launch action starts a command interpreter"
        date = "2026-11-22"
        score = 85
        attachguard_code = "malware-suspected"
        attachguard_types = "pdf"
    strings:
        $launch = "/Launch"
        $shell = /[(\/\\](cmd|powershell|mshta|wscript|cscript)\.exe\)/ nocase
    condition:
        $launch and $shell
}
