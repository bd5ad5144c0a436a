rule Page_Sends_Input_To_Messenger_Bot
{
    meta:
        author = "attachguard"
        description = "A page that sends what is typed into it to a bot of a messenger"
        date = "2026-11-30"
        reference = "https://attack.mitre.org/techniques/T1567/"
        score = 85
        attachguard_code = "malware-suspected"
        attachguard_types = "js html svg"
    strings:
        $bot1 = "//api.telegram.org/bot" nocase
        $bot2 = "//discord.com/api/webhooks/" nocase
        $bot3 = "//discordapp.com/api/webhooks/" nocase
        $send1 = "/sendMessage" nocase
        $send2 = "/sendDocument" nocase
        $input1 = /\(["']pass(wor[dt])?["']/ nocase
        $input7 = "(\"email" nocase
        $input8 = "('email" nocase
        $input2 = "=\"password\"" nocase
        $input3 = "='password'" nocase
        $input4 = ".password" nocase
        $input5 = "#password" nocase
        $input6 = "#passwort" nocase
    condition:
        filesize < 5MB and ($bot2 or $bot3 or ($bot1 and any of ($send*))) and any of ($input*)
}
