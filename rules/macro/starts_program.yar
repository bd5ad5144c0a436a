rule Macro_Starts_Interpreter_On_Opening
{
    meta:
        author = "attachguard"
        description = "A macro that starts an interpreter of commands as soon as the document is opened"
        date = "2026-11-30"
        reference = "https://attack.mitre.org/techniques/T1059/005/"
        score = 80
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
        $auto7 = "Workbook_Activate" nocase fullword
        $auto8 = "_Layout(" nocase
        $auto9 = "_Painted(" nocase
        $auto10 = "_GotFocus(" nocase
        
        $run1 = /\bShell[ (]/ nocase
        $run2 = ".ShellExecute" nocase
        $run3 = ".Run(" nocase
        $run4 = ".Run " nocase
        $run5 = ".Exec(" nocase
        $run6 = ".Create(" nocase
        $run7 = ".Create " nocase
        
        $tool1 = "powershell" nocase
        $tool2 = "cmd /c" nocase
        $tool3 = "cmd.exe" nocase
        $tool4 = "mshta" nocase
        $tool5 = "wscript.exe" nocase
        $tool6 = "cscript" nocase
        $tool7 = "rundll32" nocase
        $tool8 = "regsvr32" nocase
        $tool9 = "certutil" nocase
        $tool10 = "bitsadmin" nocase
        $tool11 = "%comspec%" nocase
        $tool13 = "\"comspec" nocase
        $tool12 = "wmic process" nocase
    condition:
        filesize < 5MB and any of ($auto*) and any of ($run*) and any of ($tool*)
}
