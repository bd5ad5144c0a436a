rule Macro_Loads_Library_By_Path
{
    meta:
        author = "attachguard"
        description = "A macro that calls a library out of a folder that everybody may write to"
        date = "2026-11-30"
        reference = "https://attack.mitre.org/techniques/T1574/"
        score = 85
        attachguard_code = "malware-suspected"
        attachguard_types = "vb"
        attachguard_scope = "macro"
    strings:
        $library1 = /Lib "[a-z]:\\(ProgramData|Users|Temp|Windows\\Temp|Windows\\Tasks|Perflogs)\\/ nocase
        $library2 = /Lib "\\\\[\w.-]{3,60}\\/ nocase
        $library3 = /LoadLibrary[AW]?\(? ?Environ\$?\(["'](temp|tmp|appdata|public|programdata)/ nocase
    condition:
        filesize < 5MB and any of them
}
