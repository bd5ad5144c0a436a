rule Excel4_Macro_Runs_Program
{
    meta:
        author = "attachguard"
        description = "A workbook whose Excel 4 macros start a program or call a function of Windows"
        date = "2026-11-30"
        reference = "https://attack.mitre.org/techniques/T1059/005/"
        score = 85
        attachguard_code = "malware-suspected"
        attachguard_types = "xml"
    strings:
        $sheet = "macrosheet"
        $run1 = ">EXEC(" nocase
        $run2 = ">CALL(" nocase
        $run3 = ">REGISTER(" nocase
        $run4 = "(EXEC(" nocase
        $run5 = ",EXEC(" nocase
        $run6 = ",CALL(" nocase
        $library1 = "&quot;urlmon" nocase
        $library2 = "\"urlmon" nocase
        $library3 = "kernel32\"" nocase
        $library4 = "shell32\"" nocase
        $library5 = "URLDownloadToFile" nocase
        $library6 = "ShellExecute" nocase
        
        $tool1 = "powershell" nocase
        $tool2 = "cmd.exe" nocase
        $tool3 = "cmd /" nocase
        $tool4 = "mshta" nocase
        $tool5 = "rundll32" nocase
        $tool6 = "regsvr32" nocase
        $tool7 = "wmic " nocase
        $tool8 = "certutil" nocase
        $tool9 = "wscript" nocase
    condition:
        ag_role == "layer" and filesize < 20MB and $sheet and any of ($run*) and (any of ($library*) or any of ($tool*))
}
