rule PowerShell_Line_Runs_Answer
{
    meta:
        author = "attachguard"
        description = "A command line in another script by which PowerShell runs what it fetches"
        date = "2026-11-30"
        reference = "https://attack.mitre.org/techniques/T1059/001/"
        score = 85
        attachguard_code = "malware-suspected"
        attachguard_types = "bat vb js wsf hta sct"
        attachguard_scope = "macro script"
    strings:
        $host1 = "powershell" nocase
        $host2 = "pwsh" nocase
        $fetch1 = "iwr " nocase
        $fetch2 = "irm " nocase
        $fetch3 = "-WebRequest" nocase
        $fetch4 = "-RestMethod" nocase
        $fetch5 = "curl http" nocase
        $run1 = "|iex" nocase
        $run2 = "| iex" nocase
        $run3 = "iex(" nocase
        $run4 = "iex (" nocase
        $run5 = "Invoke-Expression" nocase
    condition:
        filesize < 2MB and any of ($host*) and any of ($fetch*) and any of ($run*)
}
