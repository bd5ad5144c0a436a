rule Script_Copies_Itself_To_Startup
{
    meta:
        author = "attachguard"
        description = "A script that copies itself into a folder from which Windows starts programs"
        date = "2026-11-30"
        reference = "https://attack.mitre.org/techniques/T1547/001/"
        score = 80
        attachguard_code = "malware-suspected"
        attachguard_types = "vb js wsf hta"
        attachguard_scope = "macro script"
    strings:
        $self1 = ".ScriptFullName" nocase
        $copy1 = ".CopyFile" nocase
        $copy2 = ".Copy " nocase
        $copy3 = ".Copy(" nocase
        $folder1 = "\\Start Menu\\Programs\\Startup" nocase
        $folder2 = /SpecialFolders\(["']Startup/ nocase
        $folder3 = ".NameSpace(7)" nocase
        $folder4 = "\\Programs\\\\Startup" nocase
    condition:
        filesize < 2MB and $self1 and any of ($copy*) and any of ($folder*)
}
