rule Mail_Announces_New_Bank_Details
{
    meta:
        author = "attachguard"
        description = "A mail that announces another bank account and asks for haste or silence"
        date = "2026-11-30"
        reference = "https://attack.mitre.org/techniques/T1657/"
        score = 65
        attachguard_code = "malware-suspected"
        attachguard_types = "txt html"
    strings:
        $new1 = "neue Bankverbindung" nocase
        $new2 = "Bankverbindung hat sich" nocase
        $new3 = "new bank details" nocase
        $new4 = "updated bank" nocase
        $new5 = "change of bank account" nocase
        $new6 = "change our bank" nocase
        $old1 = /(nicht mehr|altes|bisherige[ns]?)[^<>\r\n]{1,60}(Konto|Bankverbindung)/ nocase
        $old2 = /(no longer|old|previous)[^<>\r\n]{1,60}account/ nocase
        $haste1 = "umgehend" nocase
        $haste2 = "vertraulich" nocase
        $haste3 = "noch heute" nocase
        $haste4 = "as soon as possible" nocase
        $haste5 = "confidential" nocase
        $haste6 = "urgent" nocase
    condition:
        ag_role == "body" and filesize < 512KB and any of ($new*) and any of ($old*) and any of ($haste*)
}
