rule Page_Sends_Password_To_Script
{
    meta:
        author = "attachguard"
        description = "An attached page that asks for a password and sends it to a script of a foreign server"
        date = "2026-11-30"
        reference = "https://attack.mitre.org/techniques/T1598/003/"
        score = 75
        attachguard_code = "malware-suspected"
        attachguard_types = "html xhtml"
    strings:
        $password1 = "=\"password\"" nocase
        $password2 = "='password'" nocase
        $password3 = "=password>" nocase
        $password4 = "=password " nocase
        $action = /=["']?https?:\/\/[^"'<>\s]{4,200}\.php["'\s?>]/ nocase
        // Whose login it pretends to be
        $brand1 = "Microsoft"
        $brand2 = "Office 365"
        $brand3 = "Outlook"
        $brand4 = "OneDrive"
        $brand5 = "SharePoint"
        $brand6 = "Adobe"
        $brand7 = "DocuSign"
        $brand8 = "WeTransfer"
        $brand9 = "Webmail" nocase
        $brand10 = "cPanel"
        $brand11 = "Sparkasse"
        $brand12 = "Volksbank"
        $brand13 = "PayPal"
        $brand14 = "IONOS"
        // A browser writes this into pages that it saves, and makes their addresses whole.
        $saved = "<!-- saved from url=("
    condition:
        ag_role != "body" and filesize < 5MB and any of ($password*) and $action and any of ($brand*) and not $saved
}
