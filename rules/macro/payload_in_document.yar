rule Macro_Takes_Command_From_Document
{
    meta:
        author = "attachguard"
        description = "A macro that runs what stands in the properties, variables or controls of its document"
        date = "2026-11-30"
        reference = "https://attack.mitre.org/techniques/T1564/007/"
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
        
        $object = "CreateObject(" nocase
        $hidden1 = ".BuiltInDocumentProperties(" nocase
        $hidden2 = ".CustomDocumentProperties(" nocase
        $hidden3 = "ActiveDocument.Variables(" nocase
        $hidden4 = ".AlternativeText" nocase
        $hidden5 = ".ControlTipText" nocase
        $hidden6 = /UserForm\w{1,4}\.\w{1,40}\.(Tag|Caption|Text|Value)/ nocase
        $hidden7 = ".ContentControls(" nocase
        $hidden8 = ".Comments(1)." nocase
    condition:
        filesize < 5MB and any of ($auto*) and any of ($hidden*) and any of ($run*) and ($object or $run1)
}
