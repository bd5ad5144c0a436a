rule HTML_Smuggles_Ciphered_File
{
    meta:
        author = "attachguard"
        description = "A script that takes a file out of ciphered text and stores it"
        date = "2026-11-30"
        reference = "https://attack.mitre.org/techniques/T1027/006/"
        score = 80
        attachguard_code = "malware-suspected"
        attachguard_types = "js"
        attachguard_scope = "script"
    strings:
        $store1 = ".createObjectURL("
        $store2 = ".msSaveBlob("
        $store3 = ".msSaveOrOpenBlob("
        // A letter of a key that is used again and again
        $key1 = /\.charCodeAt\([\w$.]{1,30} ?% ?[\w$.]{1,40}\)/
        $key2 = /[\w$]\[[\w$.]{1,30} ?% ?[\w$.]{1,40}\.length\]/
        $code1 = "atob("
        $code2 = ".fromCharCode("
        $code3 = "new Uint8Array("
        $click = ".click()"
        $blob = "new Blob(["
    condition:
        filesize < 40MB and any of ($store*) and any of ($key*) and any of ($code*) and ($click or $blob)
}
