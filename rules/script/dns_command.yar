rule Command_From_Name_Service
{
    meta:
        author = "attachguard"
        description = "A command line that runs what the name service answers"
        date = "2026-11-30"
        reference = "https://attack.mitre.org/techniques/T1071/004/"
        score = 85
        attachguard_code = "malware-suspected"
        attachguard_types = "bat ps1 vb js"
        attachguard_scope = "macro script"
    strings:
        $ask1 = /nslooku[pP][^\r\n]{1,80}-(q|querytype|type)=(txt|any)/ nocase
        $ask2 = "-DnsName " nocase
        $ask3 = /-Type ["']?TXT/ nocase
        $run1 = "for /f" nocase
        $pipe1 = "|iex" nocase
        $pipe2 = "| iex" nocase
        $pipe3 = ";iex" nocase
        $pipe4 = "; iex" nocase
        $run3 = "Invoke-Expression" nocase
        $run4 = "| cmd" nocase
        $run5 = "|cmd" nocase
    condition:
        filesize < 1MB and ($ask1 or ($ask2 and $ask3)) and any of ($run*, $pipe*)
}
