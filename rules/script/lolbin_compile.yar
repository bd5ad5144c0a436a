rule Script_Compiles_And_Runs
{
    meta:
        author = "attachguard"
        description = "A script that has a tool of Windows build and run a program from text"
        date = "2026-11-30"
        reference = "https://attack.mitre.org/techniques/T1127/001/"
        score = 80
        attachguard_code = "malware-suspected"
        attachguard_types = "script"
        attachguard_scope = "macro script"
    strings:
        $build1 = "MSBuild" nocase
        $build2 = "csc.exe" nocase
        $build3 = "jsc.exe" nocase
        $build4 = "vbc.exe" nocase
        $build5 = "InstallUtil" nocase
        $build6 = "RegAsm" nocase
        $place1 = "%TEMP%" nocase
        $place2 = "%APPDATA%" nocase
        $place3 = "\\Public\\" nocase
        $place4 = /Environ\$?\(["'](appdata|temp|tmp|public)/ nocase
        $place5 = "$env:" nocase
        $run1 = ".Run" nocase
        $run2 = "Shell " nocase
        $run3 = "start " nocase
        $run4 = "/logfile=" nocase
        $run5 = "Start-Process" nocase
        $folder = "\\Microsoft.NET\\Framework" nocase
    condition:
        filesize < 2MB and $folder and any of ($build*) and any of ($place*) and any of ($run*)
}
