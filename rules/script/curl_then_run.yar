rule Command_Fetches_Then_Runs
{
    meta:
        author = "attachguard"
        description = "A command line that fetches a file with a tool of Windows and runs it"
        date = "2026-11-30"
        reference = "https://attack.mitre.org/techniques/T1105/"
        score = 80
        attachguard_code = "malware-suspected"
        attachguard_types = "bat ps1 vb js wsf hta"
        attachguard_scope = "macro script"
    strings:
        // Gaps of more than two hundred octets that end as soon as they can are looked for from both ends: what is full of one end costs nothing.
        $curl = /curl(\.exe)?? (-|http).{0,490}?& ??(start |rundll32|regsvr32|wscript|cscript|powershell|cmd|call |msiexec|%TEMP%|%APPDATA%)/ nocase
        $curl2 = /curl(\.exe)?? .{0,201}?-o ["']??[%$\w:\\.~-]{3,100}?\.(exe|dll|msi|vbs|js|hta|bat|cmd|ps1|scr|a3x)["']??[\r\n]{1,4}?[ \t]{0,8}?(start|rundll32|regsvr32|wscript|cscript|powershell|call|msiexec|%)/ nocase
        $web = /-(WebReques[tT]|OutFil[eE]) [^\r\n]{4}?.{0,290}?[^\r\n]{8}?; ??(start|saps|rundll32|regsvr32|wscript)/ nocase
        $web3 = /-(WebReques[tT]|OutFil[eE]) [^\r\n;]{4,120}; ?(&|\.\/)/ nocase
        $net = /\.DownloadFile\([^\r\n]{4}?.{0,290}?[^\r\n]{16}?(start|saps|invoke-item|rundll32|regsvr32|wscript|msiexec)/ nocase
        $web2 = /-OutFile ["']?[^\r\n]{3,80}\.(exe|dll|msi|vbs|js|hta|bat|cmd|ps1|scr)["']{0,3}[\r\n]{1,4}[ \t]{0,8}(start|rundll32|regsvr32|wscript|cscript|powershell|call|msiexec|%)/ nocase
        $msi1 = /msiexec(\.exe)? [^\r\n]{0,60}\/i ?["']?https?:\/\// nocase
        $msi2 = /msiexec(\.exe)? [^\r\n:]{0,60}https?:\/\/[^\r\n:]{3,160}(:\d{2,5}\/[^\r\n:]{0,120})?\/q/ nocase
    condition:
        filesize < 2MB and any of them
}
