rule Python_Runs_Encoded_Code
{
    meta:
        author = "attachguard"
        description = "A Python script that decodes or unpacks its own code and runs it"
        date = "2026-11-30"
        reference = "https://attack.mitre.org/techniques/T1027/013/"
        score = 80
        attachguard_code = "malware-suspected"
        attachguard_types = "python"
        attachguard_scope = "script"
    strings:
        $run1 = /exec\( ?(__import__\(["'](base64|zlib|marshal|codecs)|(base64|zlib|marshal|codecs|lzma|bz2)\.)/
        $run2 = /eval\( ?(__import__\(["'](base64|zlib|marshal|codecs)|(base64|zlib|marshal|codecs|lzma|bz2)\.)/
        $run3 = /exec\( ?compile\( ?(base64|zlib|marshal|codecs)\./
        $run4 = /\)\(__import__\(["'](zlib|base64|marshal)["']\)\.(decompress|b64decode|loads)\(/
    condition:
        filesize < 20MB and any of them
}
