rule Macro_Schedules_Task
{
    meta:
        author = "attachguard"
        description = "A macro that plans a task of Windows, so that something runs later and without it"
        date = "2026-11-30"
        reference = "https://attack.mitre.org/techniques/T1053/005/"
        score = 80
        attachguard_code = "malware-suspected"
        attachguard_types = "vb js wsf hta"
        attachguard_scope = "macro script"
    strings:
        $service = "Schedule.Service" nocase
        $register = ".RegisterTaskDefinition" nocase
        $action = ".Actions.Create(" nocase
    condition:
        filesize < 2MB and $service and ($register or $action)
}
