// PowerShell that hides what it runs, or runs what it has just fetched.

rule PowerShell_Encoded_Command
{
    meta:
        author = "attachguard"
        description = "A PowerShell command line whose program is encoded"
        date = "2026-11-30"
        score = 75
        attachguard_code = "malware-suspected"
        attachguard_types = "script"
        attachguard_scope = "macro script"
    strings:
        $long = /-enc[a-z]{0,11}["']?[ \t]{1,4}["']?[a-z0-9+\/]{32}/ nocase
        // The short form is told from other programs' options by what follows: "$", "I", "i", "(", "[", "S", "p" as UTF-16 in base64.
        $short1 = "-e JAB"
        $short2 = "-e SQB"
        $short3 = "-e aQB"
        $short4 = "-e KAB"
        $short5 = "-e WwB"
        $short6 = "-e UwB"
        $short7 = "-e cAB"
    condition:
        filesize < 2MB and any of them
}
