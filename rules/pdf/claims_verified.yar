rule Document_In_PDF_Claims_To_Be_Verified
{
    meta:
        author = "attachguard"
        description = "A document in a PDF whose name reads like the words of the reader that it was checked"
        date = "2026-11-30"
        reference = "https://attack.mitre.org/techniques/T1204/002/"
        score = 85
        attachguard_code = "malware-suspected"
        attachguard_types = "docx docm xlsx xlsm doc xls rtf"
        attachguard_scope = "name"
    strings:
        $claim1 = "has been verified" nocase
        $claim2 = "wurde überprüft" nocase
        $claim3 = "is verified" nocase
        $claim4 = "wurde gepr" nocase
    condition:
        ag_parent_type == "pdf" and any of them
}
