rule Script_Blinds_Defender
{
    meta:
        author = "attachguard"
        description = "A script that switches off the virus scanner of Windows or hides folders from it"
        date = "2026-11-30"
        reference = "https://attack.mitre.org/techniques/T1562/001/"
        score = 70
        attachguard_code = "malware-suspected"
        attachguard_types = "script"
        attachguard_scope = "macro script"
    strings:
        $set1 = "-DisableRealtimeMonitoring" nocase
        $set2 = "-DisableIOAVProtection" nocase
        $set3 = "-DisableBehaviorMonitoring" nocase
        $set4 = "-DisableScriptScanning" nocase
        $set5 = "-ExclusionPath" nocase
        $set6 = "-ExclusionExtension" nocase
        $set7 = "-ExclusionProcess" nocase
        $key = "\\Policies\\Microsoft\\Windows Defender" nocase
        $value1 = "DisableAntiSpyware" nocase
        $value2 = "DisableRealtimeMonitoring" nocase
        $who = "-MpPreference" nocase
        $write1 = ".RegWrite" nocase
        $write2 = "reg add" nocase
        $write3 = "-ItemProperty" nocase
    condition:
        filesize < 2MB and (($who and any of ($set*)) or ($key and any of ($value*) and any of ($write*)))
}
