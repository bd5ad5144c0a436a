rule Shortcut_Runs_What_It_Carries
{
    meta:
        author = "attachguard"
        description = "A Windows shortcut whose command looks for the shortcut itself and runs what stands in it"
        date = "2026-11-30"
        reference = "https://attack.mitre.org/techniques/T1027/012/"
        score = 90
        attachguard_code = "malware-suspected"
        attachguard_types = "bat"
        attachguard_scope = "script"
    strings:
        $self1 = ".lnk" nocase
        $read1 = "findstr" nocase
        $read2 = "ReadAllBytes" nocase
        $read3 = "ReadAllText" nocase
        $read4 = "Get-Content" nocase
        $read5 = ".Substring(" nocase
        $read6 = "Select-String" nocase
        $read7 = ".Seek(" nocase
        $read8 = "OpenRead(" nocase
        $read9 = "(gc " nocase
        $read10 = "mshta" nocase
        $read11 = "| more" nocase
    condition:
        ag_parent_type == "lnk" and ag_role == "layer" and filesize < 64KB and $self1 and any of ($read*)
}
