rule Script_Runs_From_Web_Share
{
    meta:
        author = "attachguard"
        description = "A script or command line that runs what lies in a folder of a web server"
        date = "2026-11-30"
        reference = "https://attack.mitre.org/techniques/T1105/"
        score = 85
        attachguard_code = "malware-suspected"
        attachguard_types = "script"
        attachguard_scope = "macro script"
    strings:
        $folder1 = /\\\\[\w.-]{4,80}@SSL[@\\]/ nocase
        $folder2 = /\\\\[\w.-]{4,80}@80\\/ nocase
        $folder3 = /\\\\[\w.-]{4,80}@443\\/ nocase
        $folder4 = /\\\\[\w.-]{4,80}@8080\\/ nocase
        $share2 = "\\DavWWWRoot\\" nocase
        $run1 = "rundll32" nocase
        $run2 = "regsvr32" nocase
        $run3 = "wscript" nocase
        $run4 = "cscript" nocase
        $run5 = "start " nocase
        $run6 = "powershell" nocase
        $run7 = ".exe" nocase
        $run8 = "mshta" nocase
        $run9 = "net use" nocase
        $run10 = ".Run" nocase
    condition:
        filesize < 2MB and (any of ($folder*) or $share2) and any of ($run*)
}
