rule Calendar_Or_Contact_Starts_Program
{
    meta:
        author = "attachguard"
        description = "A calendar or contact card that starts a program or opens a folder of another server"
        date = "2026-11-30"
        reference = "https://attack.mitre.org/techniques/T1204/002/"
        score = 80
        attachguard_code = "malware-suspected"
        attachguard_types = "ics vcf"
    strings:
        $procedure = "ACTION:PROCEDURE" nocase
        $attach = "ATTACH" nocase
        $handler = /:[^\r\n]{0,20}(search-ms:|ms-msdt:|ms-officecmd:|ms-appinstaller:)/ nocase
        $server1 = /\nATTACH[^\r\n:]{0,80}:(file:\/{2,5}|\\\\)\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}[\/\\]/ nocase
        $server2 = /\nURL[^\r\n:]{0,80}:(file:\/{2,5}|\\\\)\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}[\/\\]/ nocase
        $server3 = /\nPHOTO[^\r\n:]{0,80}:(file:\/{2,5}|\\\\)\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}[\/\\]/ nocase
        $server4 = /\nLOGO[^\r\n:]{0,80}:(file:\/{2,5}|\\\\)\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}[\/\\]/ nocase
        $server5 = /\nSOUND[^\r\n:]{0,80}:(file:\/{2,5}|\\\\)\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}[\/\\]/ nocase
        $run1 = /\nATTACH[^\r\n:]{0,80}:[^\r\n]{0,200}[\\\/][^\r\n]{1,80}\.(cpl|hta|lnk|scr|vbs|js|wsf|exe|bat|cmd|ps1)\r?\n/ nocase
        $run2 = /\nURL[^\r\n:]{0,80}:[^\r\n]{0,200}[\\\/][^\r\n]{1,80}\.(cpl|hta|lnk|scr|vbs|js|wsf|exe|bat|cmd|ps1)\r?\n/ nocase
        $name = /X-FILENAM[eE]="?[^\r\n"]{1,80}\.(exe|hta|lnk|scr|vbs|js|wsf|bat|cmd|ps1|iso|img|html?)[";:]/ nocase
    condition:
        filesize < 20MB and (($procedure and $attach) or $handler or any of ($server*, $run*) or $name)
}
