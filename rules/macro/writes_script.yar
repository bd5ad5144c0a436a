rule Macro_Writes_Script_And_Starts_It
{
    meta:
        author = "attachguard"
        description = "A macro that writes a script into a file and starts it"
        date = "2026-11-30"
        reference = "https://attack.mitre.org/techniques/T1059/005/"
        score = 80
        attachguard_code = "malware-suspected"
        attachguard_types = "vb"
        attachguard_scope = "macro"
    strings:
        $run1 = /\bShell[ (]/ nocase
        $run2 = ".ShellExecute" nocase
        $run3 = ".Run(" nocase
        $run4 = ".Run " nocase
        $run5 = ".Exec(" nocase
        $run6 = ".Create(" nocase
        $run7 = ".Create " nocase
        
        $open1 = " For Output" nocase
        $open4 = " For Binary" nocase
        $open5 = " For Append" nocase
        $open2 = ".CreateTextFile(" nocase
        $open3 = ".OpenTextFile(" nocase
        $name1 = ".vbs\"" nocase
        $name2 = ".vbe\"" nocase
        $name3 = ".js\"" nocase
        $name4 = ".jse\"" nocase
        $name5 = ".wsf\"" nocase
        $name6 = ".bat\"" nocase
        $name7 = ".cmd\"" nocase
        $name8 = ".ps1\"" nocase
        $name9 = ".hta\"" nocase
        $name10 = ".sct\"" nocase
        $write1 = "Print #" nocase
        $write2 = ".WriteLine" nocase
        $write3 = ".Write " nocase
        $write4 = ".Write(" nocase
        $write5 = "Put #" nocase
    condition:
        filesize < 5MB and any of ($open*) and any of ($name*) and any of ($write*) and any of ($run*)
}
