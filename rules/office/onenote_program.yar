rule OneNote_Holds_Program
{
    meta:
        author = "attachguard"
        description = "A program or script attached to a OneNote page, to be started with a double click"
        date = "2026-11-22"
        score = 80
        attachguard_code = "malware-suspected"
        attachguard_types = "script executable"
        attachguard_scope = "file"
    condition:
        ag_parent_type == "one" and ag_role == "embedded"
}
