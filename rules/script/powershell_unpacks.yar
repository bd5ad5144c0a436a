rule PowerShell_Unpacks_And_Runs
{
    meta:
        author = "attachguard"
        description = "PowerShell that decodes or unpacks its own text and runs it"
        date = "2026-11-30"
        reference = "https://attack.mitre.org/techniques/T1140/"
        score = 80
        attachguard_code = "malware-suspected"
        attachguard_types = "script"
        attachguard_scope = "macro script"
    strings:
        $decode = "::FromBase64String(" nocase
        $pack1 = "GzipStream" nocase
        $pack2 = "DeflateStream" nocase
        $pack3 = "::Unicode.GetString(" nocase
        $pack4 = "::UTF8.GetString(" nocase
        $pack5 = "::ASCII.GetString(" nocase
        $run1 = "Invoke-Expression" nocase
        $pipe1 = "|iex" nocase
        $pipe2 = "| iex" nocase
        $pipe3 = ";iex" nocase
        $pipe4 = "; iex" nocase
        $run3 = "iex (" nocase
        $run6 = "iex(" nocase
        $run7 = "iex $" nocase
        $run4 = ".InvokeScript(" nocase
        $run5 = "[ScriptBlock]::Create(" nocase
    condition:
        filesize < 20MB and $decode and any of ($pack*) and any of ($run*, $pipe*)
}
