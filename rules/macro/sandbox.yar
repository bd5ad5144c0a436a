rule Macro_Looks_For_Sandbox
{
    meta:
        author = "attachguard"
        description = "A macro that looks whether it is being watched before it does anything"
        date = "2026-11-30"
        reference = "https://attack.mitre.org/techniques/T1497/"
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
        $look1 = ".RecentFiles.Count" nocase
        $look2 = "SbieDll" nocase
        $look3 = "VBoxService" nocase
        $look4 = "vmtoolsd" nocase
        $look5 = "VirtualBox" nocase
        $look6 = "\"VMware" nocase
        $look7 = "Win32_ComputerSystem" nocase
        $look8 = "Win32_DiskDrive" nocase
        $look9 = "Application.MouseAvailable" nocase
        $look10 = "Application.CanPlaySounds" nocase
        $look11 = "wireshark" nocase
        $look12 = "procmon" nocase
        $look13 = "\"QEMU" nocase
    condition:
        filesize < 5MB and any of ($auto*) and any of ($run*) and ($look1 or $look2 or $look3 or $look4 or $look11 or $look12 or 2 of ($look*)) and ($object or $run1)
}
