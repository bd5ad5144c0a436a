rule Macro_Starts_Program_From_Temp
{
    meta:
        author = "attachguard"
        description = "A macro that starts a program out of a folder that everybody may write to, as soon as the document is opened"
        date = "2026-11-30"
        reference = "https://attack.mitre.org/techniques/T1059/005/"
        score = 75
        attachguard_code = "malware-suspected"
        attachguard_types = "vb"
        attachguard_scope = "macro"
    strings:
        $auto1 = "AutoOpen" nocase fullword
        $auto2 = "Auto_Open" nocase fullword
        $auto3 = "Document_Open" nocase fullword
        $auto4 = "Workbook_Open" nocase fullword
        $auto5 = "AutoClose" nocase fullword
        $auto6 = "Document_Close" nocase fullword
        $run1 = /\bShell[ (]/ nocase
        $run2 = ".ShellExecute" nocase
        $run3 = ".Run " nocase
        $run4 = ".Run(" nocase
        $run5 = ".Exec(" nocase
        $place1 = /Environ\$?\(["'](temp|tmp|appdata|localappdata|public|programdata|allusersprofile)/ nocase
        $place2 = "%TEMP%" nocase
        $place3 = "%APPDATA%" nocase
        $place4 = "\\Users\\Public\\" nocase
        $place5 = "\\ProgramData\\" nocase
        $file1 = ".exe\"" nocase
        $file2 = ".scr\"" nocase
        $file3 = ".dll" nocase
        $file4 = ".bat\"" nocase
        $file5 = ".vbs\"" nocase
        $file6 = ".js\"" nocase
        $file7 = ".hta\"" nocase
        $file8 = ".lnk\"" nocase
        $file9 = ".ps1\"" nocase
    condition:
        filesize < 5MB and any of ($auto*) and any of ($run*) and any of ($place*) and any of ($file*)
}
