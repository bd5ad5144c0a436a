rule Batch_Command_From_Slices
{
    meta:
        author = "attachguard"
        description = "A batch file or command line whose words are cut letter by letter out of variables"
        date = "2026-11-30"
        reference = "https://attack.mitre.org/techniques/T1027/010/"
        score = 80
        attachguard_code = "malware-suspected"
        attachguard_types = "bat"
        attachguard_scope = "script"
    strings:
        $next = ",1%%"
        $slice = /%[\w$#@]{1,40}:~-?\d{1,3},1%%/
        $delayed = ",1!!"
        $named = /%(comspec|path|public|programdata|pathext|windir|userprofile|temp):~-?\d{1,3},\d{1,2}%/ nocase
    condition:
        filesize < 2MB and ((#next > 6 and #slice > 6) or #delayed > 6 or #named > 3)
}
