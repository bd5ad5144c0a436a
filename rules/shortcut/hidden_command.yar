// A shortcut shows any icon and name its author likes; what it runs is this command line, the layer that the shortcut's reader makes.

rule Shortcut_Runs_Hidden_Command
{
    meta:
        author = "attachguard"
        description = "A Windows shortcut that starts an interpreter with a hidden, encoded or fetching command"
        date = "2026-11-30"
        score = 85
        attachguard_code = "malware-suspected"
        attachguard_types = "bat"
        attachguard_scope = "script"
    strings:
        $host1 = /(powershel[lL]|cm[dD]|wscrip[tT]|cscrip[tT]|forfile[sS]|conhos[tT])\.exe/ nocase
        $host2 = "%ComSpec%" nocase
        // Nothing but attacks starts this one from a shortcut.
        $mshta = /[mM]sht[aA]\.exe/ nocase
        $how1 = "-w hid" nocase
        $how2 = "-WindowStyle hid" nocase
        $how3 = "-enc" nocase
        $how4 = "-Expression" nocase
        $how5 = "-WebRequest" nocase
        $how6 = ".Download" nocase
        $how7 = "%TEMP%" nocase
        $how8 = "%APPDATA%" nocase
    condition:
        ag_parent_type == "lnk" and ag_role == "layer" and ($mshta or (any of ($host*) and any of ($how*)))
}
