rule Script_Loads_Script_By_Moniker
{
    meta:
        author = "attachguard"
        description = "A script or macro that has Windows load a script from the net as if it were an object"
        date = "2026-11-30"
        reference = "https://attack.mitre.org/techniques/T1218/"
        score = 90
        attachguard_code = "malware-suspected"
        attachguard_types = "vb js wsf hta sct"
        attachguard_scope = "macro script"
    strings:
        $get1 = /GetObject\( ?["']script(let)?:https?:\/\// nocase
        $get2 = /GetObject ?\( ?["']script(let)?:\\\\/ nocase
        $get3 = /GetObject\( ?["']soap:wsdl=http/ nocase
    condition:
        filesize < 2MB and any of them
}
