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
        $curl = /curl(\.exe)? (-|http)/ nocase
        $then1 = "& start " nocase
        $then2 = "&start " nocase
        $then3 = "& rundll32" nocase
        $then4 = "&rundll32" nocase
        $then5 = "& regsvr32" nocase
        $then6 = "&regsvr32" nocase
        $then7 = "& wscript" nocase
        $then8 = "&wscript" nocase
        $then9 = "& cscript" nocase
        $then10 = "& powershell" nocase
        $then11 = "&powershell" nocase
        $then12 = "& cmd" nocase
        $then13 = "& call " nocase
        $then14 = "& msiexec" nocase
        $then15 = "&msiexec" nocase
        $then16 = "& %TEMP%" nocase
        $then17 = "&%TEMP%" nocase
        $then18 = "& %APPDATA%" nocase
        $curl2 = /curl(\.exe)? [^\r\n]{0,200}-o ["']?[%$\w:\\.~-]{3,200}\.(exe|dll|msi|vbs|js|hta|bat|cmd|ps1|scr|a3x)["']?[\r\n]{1,4}[ \t]{0,8}(start|rundll32|regsvr32|wscript|cscript|powershell|call|msiexec|%)/ nocase
        $web = /-(WebReques[tT]|OutFil[eE]) [^\r\n]{4,300}; ?(start|saps|&|\.\/|rundll32|regsvr32|wscript|Start-Process)/ nocase
        $net = /\.DownloadFile\([^\r\n]{4,300}\)[^\r\n]{0,60}(start|saps|invoke-item|rundll32|regsvr32|wscript|msiexec)/ nocase
        $web2 = /-OutFile ["']?[^\r\n]{3,200}\.(exe|dll|msi|vbs|js|hta|bat|cmd|ps1|scr)["']{0,3}[\r\n]{1,4}[ \t]{0,8}(start|rundll32|regsvr32|wscript|cscript|powershell|call|msiexec|%)/ nocase
        $msi1 = /msiexec(\.exe)? [^\r\n]{0,60}\/i ?["']?https?:\/\// nocase
        $msi2 = /msiexec(\.exe)? [^\r\n]{0,60}https?:\/\/[^\r\n]{4,300}\/q/ nocase
    condition:
        filesize < 2MB and (
            any of ($curl2, $web, $web2, $net, $msi*) or $curl and for any fetch in (1..#curl) : (any of ($then*) in (@curl[fetch]..@curl[fetch] + 500))
        )
}
