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
        // One letter of the text, exclusive-or one of the key, in either order
        $cipher1 = /\.charCodeAt\([^()\r\n]{1,60}\) ?\^/
        $cipher2 = /\^ ?[\w$.]{1,40}\.charCodeAt\(/
        $click = ".click()"
        $blob = "new Blob(["
    condition:
        filesize < 40MB and any of ($store*) and any of ($cipher*) and ($click or $blob)
}
