rule Script_Text_From_Arithmetic
{
    meta:
        author = "attachguard"
        description = "A script whose words are put together from numbers that it calculates first"
        date = "2026-11-30"
        reference = "https://attack.mitre.org/techniques/T1027/"
        score = 75
        attachguard_code = "malware-suspected"
        attachguard_types = "js vb wsf hta"
        attachguard_scope = "macro script"
    strings:
        $js = /String\.fromCharCode\(\d{1,6} ?[-+*\/^] ?\d/
        $vb1 = /Chr\(\d{1,6} ?[-+*\/] ?\d/ nocase
        $vb2 = /ChrW\(\d{1,6} ?[-+*\/] ?\d/ nocase
        $vb3 = /[cC]hr\(CLng\("?&[hH]/
    condition:
        filesize < 5MB and (#js > 12 or #vb1 > 12 or #vb2 > 12 or #vb3 > 12)
}
