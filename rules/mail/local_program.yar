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
        $office = /ms-officecmd:[^<>"']{0,300}\{/ nocase
        $install = /ms-appinstaller:\?[^<>"']{0,100}source=http/ nocase
        $search = /[="' ]search:[^<>"']{0,300}location:[^<>"']{0,20}(\\\\|%5c%5c|file:)/ nocase
        $visit = /(ms-word|ms-excel|ms-powerpoint):(ofe|ofv|nft)\|u\|https?:\/\/\d{1,3}\.\d{1,3}\.\d/ nocase
    condition:
        filesize < 5MB and any of them
}
