rule PDF_Script_Opens_Program_From_Web
{
    meta:
        author = "attachguard"
        description = "A PDF script that opens an archive or program on the web"
        date = "2026-11-30"
        reference = "https://attack.mitre.org/techniques/T1204/001/"
        score = 80
        attachguard_code = "malware-suspected"
        attachguard_types = "js"
        attachguard_scope = "pdf-script"
    strings:
        $launch = /\.launchURL\([^)(\r\n]{0,40}https?:\/\/[^"')(\s]{4,300}\.(zip|rar|7z|iso|img|exe|msi|js|vbs|hta|jar|lnk|wsf|cmd|bat)["'?]/ nocase
        $get = /\.getURL\([^)(\r\n]{0,40}https?:\/\/[^"')(\s]{4,300}\.(zip|rar|7z|iso|img|exe|msi|js|vbs|hta|jar|lnk|wsf|cmd|bat)["'?]/ nocase
        $bare = /\.launchURL\([^)(\r\n]{0,40}https?:\/\/\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}[:\/]/ nocase
    condition:
        filesize < 5MB and any of them
}
