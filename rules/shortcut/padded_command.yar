// Explorer shows 260 characters of a command line; what comes after a run of blanks is not seen. A run of 128 blanks covers one block of 64.

rule Shortcut_Pads_Its_Command
{
    meta:
        author = "attachguard"
        description = "A Windows shortcut whose command stands behind more blanks than Explorer shows"
        date = "2026-11-30"
        reference = "https://nvd.nist.gov/vuln/detail/CVE-2025-9491"
        score = 85
        attachguard_code = "malware-suspected"
        attachguard_types = "bat"
        attachguard_scope = "script"
    strings:
        $tool1 = "powershell" nocase
        $tool2 = "cmd.exe" nocase
        $tool12 = "cmd /" nocase
        $tool3 = "mshta" nocase
        $tool4 = "wscript" nocase
        $tool5 = "cscript" nocase
        $tool6 = "rundll32" nocase
        $tool7 = "regsvr32" nocase
        $tool8 = "forfiles" nocase
        $tool9 = "msiexec" nocase
        $tool10 = "curl" nocase fullword
        $tool11 = "%comspec%" nocase
    condition:
        ag_parent_type == "lnk" and ag_role == "layer" and filesize < 64KB and any of them
        and for any block in (0..filesize \ 64) : (
            for all place in (0..15) : (
                uint32(block * 64 + place * 4) == 0x20202020 or uint32(block * 64 + place * 4) == 0x0A0A0A0A
                or uint32(block * 64 + place * 4) == 0x0A0D0A0D or uint32(block * 64 + place * 4) == 0x09090909
            )
        )
}
