rule Scriptlet_Runs_Commands
{
    meta:
        author = "attachguard"
        description = "A scriptlet that registers itself and starts programs"
        date = "2026-11-30"
        reference = "https://attack.mitre.org/techniques/T1218/010/"
        score = 75
        attachguard_code = "malware-suspected"
        attachguard_types = "sct wsf"
        attachguard_scope = "script"
    strings:
        $scriptlet = "<scriptlet" nocase
        $registration = "<registration" nocase
        $object1 = "WScript.Shell" nocase
        $object2 = "Shell.Application" nocase
        $object3 = "ADODB.Stream" nocase
        $object4 = "MSXML2." nocase
        $run1 = ".Run(" nocase
        $run2 = ".Run " nocase
        $run3 = ".Exec(" nocase
        $run4 = ".ShellExecute" nocase
    condition:
        filesize < 2MB and $scriptlet and $registration and any of ($object*) and any of ($run*)
}
