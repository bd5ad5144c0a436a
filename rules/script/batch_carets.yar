rule Command_Broken_By_Carets
{
    meta:
        author = "attachguard"
        description = "A command line whose words are broken up by carets, which Windows passes over"
        date = "2026-11-30"
        reference = "https://attack.mitre.org/techniques/T1027/010/"
        score = 85
        attachguard_code = "malware-suspected"
        attachguard_types = "script"
        attachguard_scope = "macro script"
    strings:
        $powershell1 = "^o^w^e^r" nocase
        $powershell2 = "^e^l^l" nocase
        $script = "^c^r^i^p^t" nocase
        $mshta = "^s^h^t^a" nocase
        $rundll = "^u^n^d^l^l" nocase
        $regsvr = "^e^g^s^v^r" nocase
        $certutil = "^e^r^t^u^t^i^l" nocase
        $http = "^t^t^p" nocase
        $start = "^t^a^r^t" nocase
        $curl = "^u^r^l" nocase
        $set = "^s^e^t^ " nocase
    condition:
        filesize < 2MB and any of them
}
