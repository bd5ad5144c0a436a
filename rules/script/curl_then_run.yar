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
        $curl = /cur[lL](\.exe)? (-|http)/ nocase
        $then = /&{1,2} ?"?(start|rundll32|regsvr32|wscript|cscript|powershell|cmd|call|msiexec)["' ]/ nocase
        $curl2 = /cur[lL](\.exe)? [^\r\n]{0,200}-o ["']?[%$\w:\\.~-]{3,200}\.(exe|dll|msi|vbs|js|hta|bat|cmd|ps1|scr|a3x)["']?[\r\n]{1,4}[ \t]{0,8}(start|rundll32|regsvr32|wscript|cscript|powershell|call|msiexec|%)/ nocase
        $web = /-(WebReques[tT]|OutFil[eE]) [^\r\n]{4,300}; ?(start|saps|&|\.\/|rundll32|regsvr32|wscript|Start-Process)/ nocase
        $msi1 = /msiexe[cC](\.exe)? [^\r\n]{0,60}\/i ?["']?https?:\/\// nocase
        $msi2 = /msiexe[cC](\.exe)? [^\r\n]{0,60}https?:\/\/[^\r\n]{4,300}\/q/ nocase
    condition:
        filesize < 2MB and (
            any of ($curl2, $web, $msi*) or for any fetch in (1..#curl) : ($then in (@curl[fetch]..@curl[fetch] + 500))
        )
}
