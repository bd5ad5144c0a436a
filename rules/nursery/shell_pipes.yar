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
        $pipe1 = /curl [^\r\n|]{4}?.{0,290}?[^\r\n|]{8}?\| ??(sudo )??(ba|z|da)??sh\b/
        $pipe2 = /wget [^\r\n|]{4}?.{0,290}?[^\r\n|]{8}?\| ??(sudo )??(ba|z|da)??sh\b/
        $substitution = /sh -c ["']?\$\((curl|wget) /
    condition:
        filesize < 1MB and any of them
}
