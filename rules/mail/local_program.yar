rule Link_Runs_Program_Of_Windows
{
    meta:
        author = "attachguard"
        description = "A link to a program of Windows with a file of another server"
        date = "2026-11-30"
        reference = "https://attack.mitre.org/techniques/T1204/001/"
        score = 80
        attachguard_code = "malware-suspected"
        attachguard_types = "html xhtml svg url"
    strings:
        $office = /m[sS]-officecmd:[^<>"']{0,60}\{/ nocase
        $install1 = "\"ms-appinstaller:" nocase
        $install2 = "'ms-appinstaller:" nocase
        $visit = /\|u\|https?:\/\/\d{1,3}\.\d{1,3}\.\d/
    condition:
        filesize < 5MB and ($office or any of ($install*) or $visit)
}
