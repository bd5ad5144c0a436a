rule HTA_Runs_Out_Of_Sight
{
    meta:
        author = "attachguard"
        description = "An HTML application that hides its window and starts programs"
        date = "2026-11-30"
        reference = "https://attack.mitre.org/techniques/T1218/005/"
        score = 85
        attachguard_code = "malware-suspected"
        attachguard_types = "hta"
        attachguard_scope = "script"
    strings:
        $hide1 = /SHOWINTASKBA[rR] ?= ?["']?no/ nocase
        $hide2 = /WINDOWSTAT[eE] ?= ?["']?minimize/ nocase
        $hide3 = /resizeT[oO] ?\(?[01] ?,/ nocase
        $hide4 = /moveT[oO] ?\(?-\d/ nocase
        $hide5 = "window.close" nocase
        $hide6 = "self.close" nocase
        $run1 = ".Run " nocase
        $run2 = ".Run(" nocase
        $run3 = ".Exec(" nocase
        $run4 = ".ShellExecute" nocase
        $run5 = ".Create(" nocase
        $object1 = "WScript.Shell" nocase
        $object2 = "Shell.Application" nocase
        $object3 = "winmgmts:" nocase
    condition:
        filesize < 5MB and any of ($hide*) and any of ($run*) and any of ($object*)
}
