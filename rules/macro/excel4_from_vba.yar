rule Macro_Calls_Excel4_Function
{
    meta:
        author = "attachguard"
        description = "A macro that has Excel 4 call a function of Windows, past what watches macros"
        date = "2026-11-30"
        reference = "https://attack.mitre.org/techniques/T1059/005/"
        score = 85
        attachguard_code = "malware-suspected"
        attachguard_types = "vb"
        attachguard_scope = "macro"
    strings:
        $run = "ExecuteExcel4Macro" nocase
        $call1 = "CALL(" nocase
        $call2 = "EXEC(" nocase
        $call3 = "REGISTER(" nocase
        $library1 = "kernel32" nocase
        $library2 = "shell32" nocase
        $library3 = "urlmon" nocase
        $library4 = "cmd.exe" nocase
        $library7 = "cmd /" nocase
        $library5 = "powershell" nocase
        $library6 = "ntdll" nocase
    condition:
        filesize < 5MB and $run and any of ($call*) and any of ($library*)
}
