rule Script_Hides_Object_Of_Windows
{
    meta:
        author = "attachguard"
        description = "A script for Windows that hides which object it makes"
        date = "2026-11-30"
        reference = "https://attack.mitre.org/techniques/T1027/"
        score = 80
        attachguard_code = "malware-suspected"
        attachguard_types = "js wsf hta sct"
        attachguard_scope = "script"
    strings:
        $joined = /ActiveXObject\( ?["'][\w.]{1,14}["'] ?\+ ?["']/ nocase
        $escaped1 = /ActiveXObject\( ?["'][^"'\r\n]{0,40}\\u00[0-9a-f]{2}/ nocase
        $escaped2 = /ActiveXObject\( ?["'][^"'\r\n]{0,40}\\x[0-9a-f]{2}/ nocase
        $member = /\[["']ActiveX["'] ?\+ ?["']/
        $array1 = "\"W\",\"S\",\"c\"" nocase
        $array2 = "'W','S','c'" nocase
        $array3 = "\"A\",\"D\",\"O\",\"D\"" nocase
        $array4 = "\"p\",\"o\",\"w\",\"e\",\"r\"" nocase
        $array5 = "'p','o','w','e','r'" nocase
        $object = "ActiveXObject" nocase
    condition:
        filesize < 5MB and ($joined or any of ($escaped*) or $member or ($object and any of ($array*)))
}
