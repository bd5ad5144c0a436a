rule PHP_Code_Packed
{
    meta:
        author = "attachguard"
        description = "A PHP page that unpacks and runs its own code"
        date = "2026-11-30"
        reference = "https://attack.mitre.org/techniques/T1505/003/"
        score = 80
        attachguard_code = "malware-suspected"
        attachguard_types = "php"
    strings:
        $1 = /eva[lL]\( ?(gzinflate|gzuncompress|gzdecode|str_rot13|strrev)\( ?(base64_decode|str_rot13|gzinflate|strrev)\(/
        $2 = /asser[tT]\( ?(gzinflate|gzuncompress|gzdecode|str_rot13|strrev|base64_decode)\(/
        $3 = /create_functio[nN]\( ?(''|"") ?, ?(gzinflate|gzuncompress|base64_decode|str_rot13)\(/
        $4 = /eva[lL]\( ?["']\?>["'] ?\. ?(gzinflate|gzuncompress|base64_decode|str_rot13)\(/
    condition:
        filesize < 5MB and any of them
}
