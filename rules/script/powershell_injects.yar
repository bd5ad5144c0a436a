rule PowerShell_Injects_Code
{
    meta:
        author = "attachguard"
        description = "PowerShell that writes machine code into memory and starts it"
        date = "2026-11-30"
        reference = "https://attack.mitre.org/techniques/T1055/"
        score = 90
        attachguard_code = "malware-suspected"
        attachguard_types = "script"
        attachguard_scope = "macro script"
    strings:
        $memory1 = "VirtualAlloc"
        $memory2 = "VirtualProtect"
        $memory3 = "NtAllocateVirtualMemory"
        $write1 = "Marshal]::Copy(" nocase
        $write2 = "WriteProcessMemory"
        $start1 = "CreateThread"
        $start2 = "CreateRemoteThread"
        $start3 = "QueueUserAPC"
        $start4 = "::GetDelegateForFunctionPointer(" nocase
        $start5 = "EnumSystemLocales"
    condition:
        filesize < 20MB and filetype != "vb" and any of ($memory*) and any of ($write*) and any of ($start*)
}
