rule Table_Starts_Program
{
    meta:
        author = "attachguard"
        description = "A table whose formulas start a program when a spreadsheet opens it"
        date = "2026-11-30"
        reference = "https://attack.mitre.org/techniques/T1559/002/"
        score = 85
        attachguard_code = "malware-suspected"
        attachguard_types = "csv slk xml"
    strings:
        $cmd1 = "cmd|'" nocase
        $cmd2 = "|'/c " nocase
        $cmd3 = "|'/k " nocase
        $cmd4 = "|' /c " nocase
        $cmd5 = "|'/C" nocase
        $excel = /MSEXCE[lL]\|'[.\\]{2,40}/
        $dde1 = "=DDE(\"cmd" nocase
        $dde2 = "=DDE(\"powershell" nocase
        $dde3 = "=DDE(\"mshta" nocase
        $dde4 = "=DDE(\"msexcel" nocase
        $dde5 = "=DDE(\"rundll32" nocase
        $tool = ".exe|'" nocase
    condition:
        filesize < 50MB and (($cmd1 and any of ($cmd2, $cmd3, $cmd4, $cmd5)) or $excel or any of ($dde*) or $tool)
}
