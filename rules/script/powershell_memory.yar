rule PowerShell_Loads_Program_From_Memory
{
    meta:
        author = "attachguard"
        description = "PowerShell that loads a program out of text or from the net without storing it"
        date = "2026-11-30"
        reference = "https://attack.mitre.org/techniques/T1620/"
        score = 85
        attachguard_code = "malware-suspected"
        attachguard_types = "script"
        attachguard_scope = "macro script"
    strings:
        $load1 = "]::Load(" nocase
        $load2 = ".Load([" nocase
        $load3 = ".Load($" nocase
        $what1 = "Reflection.Assembly" nocase
        $what2 = "AppDomain]" nocase
        $from1 = "::FromBase64String(" nocase
        $from2 = ".DownloadData(" nocase
        $from3 = "GzipStream" nocase
        $from4 = "DeflateStream" nocase
        $call1 = ".EntryPoint" nocase
        $call2 = ".Invoke(" nocase
        $call3 = "]::Main(" nocase
        $call4 = ".GetMethod(" nocase
        $call5 = "]::Run(" nocase
        $call6 = "-bxor" nocase
    condition:
        filesize < 20MB and any of ($load*) and any of ($what*) and any of ($from*) and any of ($call*)
}
