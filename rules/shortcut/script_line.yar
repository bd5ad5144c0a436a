rule Shortcut_Runs_Line_Of_Script
{
    meta:
        author = "attachguard"
        description = "A Windows shortcut that starts an interpreter with a line of script"
        date = "2026-11-30"
        reference = "https://attack.mitre.org/techniques/T1059/"
        score = 80
        attachguard_code = "malware-suspected"
        attachguard_types = "bat"
        attachguard_scope = "script"
    strings:
        $host1 = "powershell" nocase
        $host2 = "pwsh" nocase
        $host3 = "cmd.exe" nocase
        $host4 = "%comspec%" nocase
        $fetch1 = "irm " nocase
        $fetch2 = "iwr " nocase
        $fetch3 = "http" nocase
        $run1 = "|iex" nocase
        $run2 = "| iex" nocase
        $run3 = ";iex" nocase
        $run4 = "iex(" nocase
        $run5 = "iex (" nocase
        $run6 = "Start-Process" nocase
        $run7 = "saps " nocase
        $run8 = "&& start" nocase
        $run9 = "& start" nocase
        $run10 = "start /min" nocase
        $place1 = "$env:" nocase
        $place2 = "%PUBLIC%" nocase
        $place3 = "%LOCALAPPDATA%" nocase
        $place4 = "%PROGRAMDATA%" nocase
        $place5 = "\\Downloads\\" nocase
        $loop1 = "for /f" nocase
        $loop2 = "/v:on" nocase
        $loop3 = "set /p" nocase
        $loop4 = "call %" nocase
        $loop5 = "[char]" nocase
        $loop6 = "-join" nocase
        $loop7 = "-split" nocase
        $loop8 = "::FromBase64String" nocase
    condition:
        ag_parent_type == "lnk" and ag_role == "layer" and filesize < 64KB and any of ($host*) and (
            any of ($loop*) or (any of ($fetch*) and any of ($run*)) or (any of ($place*) and any of ($run*))
        )
}
