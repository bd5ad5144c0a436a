rule Script_Heap_Spray
{
    meta:
        author = "attachguard"
        description = "A script that fills memory with machine code, as exploits of readers and browsers do"
        date = "2026-11-22"
        score = 85
        attachguard_code = "malware-suspected"
        attachguard_types = "js vb html"
    strings:
        $nop1 = "%u9090%u9090" nocase
        $nop2 = "%u0c0c%u0c0c" nocase
        $nop3 = "%u0a0a%u0a0a" nocase
    condition:
        filesize < 5MB and any of them
}
