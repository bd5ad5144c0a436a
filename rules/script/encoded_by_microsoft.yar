rule Script_Encoded
{
    meta:
        author = "attachguard"
        description = "A script in the encoding of Microsoft that hides its source from readers only"
        date = "2026-11-30"
        reference = "https://attack.mitre.org/techniques/T1027/013/"
        score = 80
        attachguard_code = "malware-suspected"
        attachguard_types = "script html xhtml txt unknown"
    strings:
        $begin = /#@~\^[A-Za-z0-9+\/]{6}==/
        $end = "==^#~@"
    condition:
        filesize < 5MB and $begin and $end
}
