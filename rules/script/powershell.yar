// PowerShell that hides what it runs, or runs what it has just fetched.

rule PowerShell_Encoded_Command
{
    meta:
        author = "attachguard"
        description = "A PowerShell command line whose program is encoded"
        date = "2026-11-22"
        score = 75
        attachguard_code = "malware-suspected"
        attachguard_types = "script"
    strings:
        $long = /-enc[a-z]{0,11}["']?[ \t]{1,4}["']?[a-z0-9+\/]{32}/ nocase
        // The short form is told from other programs' options by what follows: "$", "I", "i", "(", "[", "S", "p" as UTF-16 in base64.
        $short1 = "-e JAB"
        $short2 = "-e SQB"
        $short3 = "-e aQB"
        $short4 = "-e KAB"
        $short5 = "-e WwB"
        $short6 = "-e UwB"
        $short7 = "-e cAB"
    condition:
        filesize < 2MB and any of them
}

rule PowerShell_Runs_Download
{
    meta:
        author = "attachguard"
        description = "PowerShell that fetches code and runs it"
        date = "2026-11-22"
        score = 75
        attachguard_code = "malware-suspected"
        attachguard_types = "script"
    strings:
        $code1 = ".DownloadString(" nocase
        $code2 = ".DownloadData(" nocase
        $file1 = ".DownloadFile(" nocase
        $file2 = "-WebRequest" nocase
        $file3 = "-RestMethod" nocase
        $file4 = "-BitsTransfer" nocase
        $run1 = "-Expression" nocase
        $run2 = /iex[^\r\n]{1,60}-Object / nocase
        $run3 = /\.DownloadString\([^\r\n]{1,300}[|] ?iex/ nocase
        $run4 = "-NoP" nocase fullword
        $run5 = "-NoProfile" nocase
        $run6 = "-w hid" nocase
        $run7 = "-WindowStyle hid" nocase
    condition:
        // A script of another language that holds such a call holds it to start PowerShell with it.
        filesize < 2MB and ((filetype != "ps1" and any of ($code*)) or (any of ($code*, $file*) and any of ($run*)))
}
