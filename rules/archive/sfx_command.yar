rule Self_Extracting_Archive_Runs_Script
{
    meta:
        author = "attachguard"
        description = "A self-extracting archive that unpacks itself in silence and starts a script or an interpreter"
        date = "2026-11-30"
        reference = "https://attack.mitre.org/techniques/T1027/002/"
        score = 80
        attachguard_code = "malware-suspected"
        attachguard_types = "executable"
    strings:
        $seven = ";!@Install@!UTF-8!"
        $run7 = /(RunProgra[mM]|ExecuteFil[eE]|AutoInstal[lL])="/
        $setup = "\nSetup=" nocase
        $silent = "\nSilent=1" nocase
        $tool1 = "hidcon:" nocase
        $tool2 = "cmd /" nocase
        $tool3 = "cmd.exe" nocase
        $tool4 = "powershell" nocase
        $tool5 = "script " nocase
        $tool6 = "script.exe" nocase
        $tool7 = "mshta" nocase
        $tool8 = "rundll32" nocase
        $script1 = ".bat" nocase
        $script2 = ".cmd" nocase
        $script3 = ".vbs" nocase
        $script4 = ".ps1" nocase
        $script5 = ".hta" nocase
        $script6 = ".wsf" nocase
        $script7 = ".js " nocase
        $script8 = ".js\"" nocase
    condition:
        filesize < 50MB and (
            ($seven and for any place in (1..#run7) : (any of ($tool*, $script*) in (@run7[place]..@run7[place] + 200)))
            or ($silent and for any place in (1..#setup) : (any of ($tool*, $script*) in (@setup[place]..@setup[place] + 200)))
        )
}
