// A formula of a binary workbook is a row of tokens: texts (17, length, 00, letters), then a function with its number of arguments
// (42 01 6E 00: EXEC with one; 42 04 96 00: CALL with four). [MS-XLS] 2.5.198

rule Excel4_Formula_Starts_Program
{
    meta:
        author = "attachguard"
        description = "A binary workbook whose Excel 4 macros start a program"
        date = "2026-11-30"
        reference = "https://attack.mitre.org/techniques/T1059/005/"
        score = 80
        attachguard_code = "malware-suspected"
        attachguard_types = "xls xls5"
    strings:
        $exec = { 42 01 6E 00 }
        
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
        ag_has_macros and uint32be(0) == 0xD0CF11E0 and filesize < 20MB
        and $exec and any of ($tool*) and for any place in (1..#exec) : (any of ($tool*) in (@exec[place] - 256..@exec[place]))
}
