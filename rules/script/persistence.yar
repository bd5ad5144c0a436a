rule Script_Stays_After_Restart
{
    meta:
        author = "attachguard"
        description = "A script that has itself or a script of its own started with Windows"
        date = "2026-11-30"
        reference = "https://attack.mitre.org/techniques/T1547/001/"
        score = 75
        attachguard_code = "malware-suspected"
        attachguard_types = "vb js wsf hta"
        attachguard_scope = "macro script"
    strings:
        $key = "\\CurrentVersion\\Run" nocase
        $key2 = "\\\\CurrentVersion\\\\Run" nocase
        $task = "schtasks" nocase
        $create = "/create" nocase
        $write1 = ".RegWrite" nocase
        $write2 = "reg add" nocase
        $self1 = ".ScriptFullName" nocase
        $self2 = ".ScriptName" nocase
        $self3 = "%APPDATA%" nocase
        $self4 = "%TEMP%" nocase
        $self5 = /Environ\$?\(["'](appdata|temp|tmp|public)/ nocase
        $self6 = "wscript" nocase
        $self7 = "powershell" nocase
        $self8 = "mshta" nocase
    condition:
        filesize < 2MB and ((any of ($key*) and any of ($write*)) or ($task and $create)) and any of ($self*)
}
