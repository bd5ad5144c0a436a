// PowerShell that hides what it runs, or runs what it has just fetched.

rule PowerShell_Runs_Download
{
    meta:
        author = "attachguard"
        description = "PowerShell that fetches code and runs it"
        date = "2026-11-30"
        score = 75
        attachguard_code = "malware-suspected"
        attachguard_types = "script"
        attachguard_scope = "macro script"
    strings:
        $code1 = ".DownloadString(" nocase
        $code2 = ".DownloadData(" nocase
        $file1 = ".DownloadFile(" nocase
        $file2 = "-WebRequest" nocase
        $file3 = "-RestMethod" nocase
        $file4 = "-BitsTransfer" nocase
        $run1 = "-Expression" nocase
        $run2 = /iex[^\r\n]{1,60}-Object / nocase
        $run8 = /iex[ (][^\r\n]{0,60}\.Download(String|Data)\(/ nocase
        $run3 = /\.DownloadString\(.{1,300}?[|] ??iex/ nocase
        $run4 = "-NoP" nocase fullword
        $run5 = "-NoProfile" nocase
        $run6 = "-w hid" nocase
        $run7 = "-WindowStyle hid" nocase
    condition:
        // A script of another language that holds such a call holds it to start PowerShell with it.
        filesize < 2MB and ((filetype != "ps1" and any of ($code*)) or (any of ($code*, $file*) and any of ($run*)))
}
