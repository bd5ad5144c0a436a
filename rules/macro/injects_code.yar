rule Macro_Injects_Code
{
    meta:
        author = "attachguard"
        description = "A macro that writes machine code into memory and starts it"
        date = "2026-11-30"
        reference = "https://attack.mitre.org/techniques/T1055/"
        score = 90
        attachguard_code = "malware-suspected"
        attachguard_types = "vb"
        attachguard_scope = "macro"
    strings:
        $memory1 = "VirtualAlloc"
        $memory2 = "VirtualProtect"
        $memory3 = "HeapCreate"
        $memory4 = "NtAllocateVirtualMemory"
        $write1 = "RtlMoveMemory"
        $write2 = "WriteProcessMemory"
        $write3 = "RtlCopyMemory"
        $write4 = "NtWriteVirtualMemory"
        $start1 = "CreateThread"
        $start2 = "CreateRemoteThread"
        $start3 = "CallWindowProc"
        $start4 = "EnumSystemLocales"
        $start5 = "EnumDateFormats"
        $start6 = "CreateTimerQueueTimer"
        $start7 = "QueueUserAPC"
        $start8 = "EnumWindows"
        $start9 = "SetTimer"
    condition:
        filesize < 5MB and any of ($memory*) and any of ($write*) and any of ($start*)
}
