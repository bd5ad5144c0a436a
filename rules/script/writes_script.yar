rule Script_Writes_Script_And_Starts_It
{
    meta:
        author = "attachguard"
        description = "A script that writes another one into a file and starts it"
        date = "2026-11-30"
        reference = "https://attack.mitre.org/techniques/T1059/"
        score = 75
        attachguard_code = "malware-suspected"
        attachguard_types = "vb js wsf hta"
        attachguard_scope = "script"
    strings:
        $open1 = ".CreateTextFile(" nocase
        $open2 = ".OpenTextFile(" nocase
        $name1 = ".vbs" nocase
        $name2 = ".vbe" nocase
        $name3 = ".jse" nocase
        $name4 = ".wsf" nocase
        $name5 = ".bat" nocase
        $name6 = ".cmd" nocase
        $name7 = ".ps1" nocase
        $name8 = ".hta" nocase
        $write1 = ".WriteLine" nocase
        $write2 = ".Write(" nocase
        $write3 = ".Write " nocase
        $shell1 = "WScript.Shell" nocase
        $shell2 = "Shell.Application" nocase
        $run1 = ".Run " nocase
        $run2 = ".Run(" nocase
        $run3 = ".Exec(" nocase
        $run4 = ".ShellExecute" nocase
    condition:
        ag_role != "layer" and filesize < 5MB and any of ($open*) and any of ($name*) and any of ($write*) and any of ($shell*) and any of ($run*)
}
