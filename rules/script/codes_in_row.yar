rule Basic_Spells_Word_By_Numbers
{
    meta:
        author = "attachguard"
        description = "A Basic script that spells words by the numbers of their letters"
        date = "2026-11-30"
        reference = "https://attack.mitre.org/techniques/T1027/"
        score = 75
        attachguard_code = "malware-suspected"
        attachguard_types = "vb"
        attachguard_scope = "macro script"
    strings:
        $row1 = /Chr\((3[2-9]|[4-9]\d|1[012]\d)\) ?[&+] ?Chr\((3[2-9]|[4-9]\d|1[012]\d)\) ?[&+] ?Chr\((3[2-9]|[4-9]\d|1[012]\d)\) ?[&+] ?Chr\((3[2-9]|[4-9]\d|1[012]\d)\)/ nocase
        $row2 = /ChrW\((3[2-9]|[4-9]\d|1[012]\d)\) ?[&+] ?ChrW\((3[2-9]|[4-9]\d|1[012]\d)\) ?[&+] ?ChrW\((3[2-9]|[4-9]\d|1[012]\d)\) ?[&+] ?ChrW\((3[2-9]|[4-9]\d|1[012]\d)\)/ nocase
        $row3 = /Chr\$\((3[2-9]|[4-9]\d|1[012]\d)\) ?[&+] ?Chr\$\((3[2-9]|[4-9]\d|1[012]\d)\) ?[&+] ?Chr\$\((3[2-9]|[4-9]\d|1[012]\d)\) ?[&+] ?Chr\$\((3[2-9]|[4-9]\d|1[012]\d)\)/ nocase
        $use1 = "CreateObject(" nocase
        $use2 = "Shell" nocase
        $use3 = "Execute" nocase
        $use4 = ".Run" nocase
        $use5 = "GetObject(" nocase
    condition:
        filesize < 5MB and any of ($row*) and any of ($use*)
}
