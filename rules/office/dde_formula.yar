rule Table_Starts_Program
{
    meta:
        author = "attachguard"
        description = "A table whose formulas start a program when a spreadsheet opens it"
        date = "2026-11-30"
        reference = "https://attack.mitre.org/techniques/T1559/002/"
        score = 85
        attachguard_code = "malware-suspected"
        attachguard_types = "csv txt slk xml"
    strings:
        $cmd1 = "cmd|'" nocase
        $cmd2 = "|'/c " nocase
        $cmd3 = "|'/k " nocase
        $cmd4 = "|' /c " nocase
        $cmd5 = "|'/C" nocase
        $excel = /MSEXCE[lL]\|'[.\\]{2,40}/
        $dde = /[=+@-]DDE\(["'](cmd|powershell|mshta|rundll32|msexcel)/ nocase
        $tool1 = ".exe|'" nocase
        $tool2 = "shell|'" nocase
        $tool3 = "dll32|'" nocase
    condition:
        filesize < 50MB and (($cmd1 and any of ($cmd2, $cmd3, $cmd4, $cmd5)) or $excel or $dde or any of ($tool*))
}
