rule Shell_Runs_Download
{
    meta:
        author = "attachguard"
        description = "A shell script that pipes what it fetches into a shell"
        date = "2026-11-30"
        reference = "https://attack.mitre.org/techniques/T1059/004/"
        score = 65
        attachguard_code = "malware-suspected"
        attachguard_types = "shell desktop"
    strings:
        $pipe = /(cur[lL]|wge[tT]) [^\r\n|]{4,300}\| ?(sudo )?(ba|z|da)?sh\b/
        $substitution = /(ba|z|da)?sh[ -]{1,3}c? ?["']?\$\((cur[lL]|wge[tT]) /
    condition:
        filesize < 1MB and any of them
}
