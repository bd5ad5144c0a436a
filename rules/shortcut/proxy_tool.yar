rule Shortcut_Uses_Tool_As_Disguise
{
    meta:
        author = "attachguard"
        description = "A Windows shortcut that has a harmless tool of Windows start something else"
        date = "2026-11-30"
        reference = "https://attack.mitre.org/techniques/T1202/"
        score = 90
        attachguard_code = "malware-suspected"
        attachguard_types = "bat"
        attachguard_scope = "script"
    strings:
        $ssh1 = "ProxyCommand" nocase
        $ssh2 = "LocalCommand" nocase
        $conhost1 = "conhost" nocase
        $conhost2 = "--headless" nocase
        $forfiles = "forfiles" nocase
        $pcalua = "pcalua" nocase
        $sync = "SyncAppvPublishingServer" nocase
        $runner1 = "scriptrunner" nocase
        $runner2 = "-appvscript" nocase
        $ftp1 = "ftp.exe" nocase
        $ftp2 = " -s:" nocase
        $explorer1 = "url.dll" nocase
        $explorer2 = ",FileProtocolHandler" nocase
        $explorer3 = ",OpenURL" nocase
        $ie4 = "ie4uinit" nocase
        $inf1 = "advpack.dll" nocase
        $inf2 = "LaunchINFSection" nocase
        $cmstp1 = "cmstp" nocase
        $cmstp2 = " /s " nocase
        $odbc1 = "odbcconf" nocase
        $odbc2 = "regsvr" nocase
        $bash = "bash.exe\" -c" nocase
        $mavinject = "/INJECTRUNNING" nocase
    condition:
        ag_parent_type == "lnk" and ag_role == "layer" and filesize < 64KB and (
            $ssh1 or $ssh2 or all of ($conhost*) or $forfiles or $pcalua or $sync or all of ($runner*)
            or all of ($ftp*) or ($explorer1 and ($explorer2 or $explorer3)) or $ie4 or (all of ($inf*)) or all of ($cmstp*)
            or all of ($odbc*) or $bash or $mavinject
        )
}
