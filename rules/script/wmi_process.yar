rule Script_Starts_Process_By_WMI
{
    meta:
        author = "attachguard"
        description = "A script that has a program started by Windows management, so that nobody sees where it came from"
        date = "2026-11-30"
        reference = "https://attack.mitre.org/techniques/T1047/"
        score = 75
        attachguard_code = "malware-suspected"
        attachguard_types = "vb js wsf hta sct"
        attachguard_scope = "macro script"
    strings:
        $service1 = "winmgmts:" nocase
        $service2 = ".ConnectServer(" nocase
        $class1 = "Win32_Process\"" nocase
        $class2 = "Win32_Process'" nocase
        $class3 = ":Win32_Process" nocase
        $class4 = "Win32_ProcessStartup" nocase
        $create1 = ".Create " nocase
        $create2 = ".Create(" nocase
        $hidden = ".ShowWindow" nocase
    condition:
        filesize < 2MB and any of ($service*) and any of ($class*) and (any of ($create*) or $hidden)
}
