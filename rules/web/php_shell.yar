rule PHP_Web_Shell
{
    meta:
        author = "attachguard"
        description = "A PHP page that runs what its visitor sends"
        date = "2026-11-22"
        score = 85
        attachguard_code = "malware-suspected"
        attachguard_types = "php html txt"
    strings:
        // A class of one letter in two cases keeps YARA from searching for the letters before it: rules/README.md, "Fast rules".
        $post = /(eva[lL]|asser[tT]|syste[mM]|passthr[uU]|eval\(base64_decod[eE])\(\$_POST\[/
        $get = /(eva[lL]|asser[tT]|syste[mM]|passthr[uU]|eval\(base64_decod[eE])\(\$_GET\[/
        $any = /(eva[lL]|asser[tT]|syste[mM]|passthr[uU]|eval\(base64_decod[eE])\(\$_REQUEST\[/
        $cookie = /(eva[lL]|asser[tT]|syste[mM]|passthr[uU]|eval\(base64_decod[eE])\(\$_COOKIE\[/
    condition:
        filesize < 1MB and any of them
}
