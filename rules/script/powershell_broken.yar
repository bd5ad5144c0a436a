rule PowerShell_Words_Broken_Up
{
    meta:
        author = "attachguard"
        description = "PowerShell whose words are broken up, so that nobody finds them"
        date = "2026-11-30"
        reference = "https://attack.mitre.org/techniques/T1027/010/"
        score = 85
        attachguard_code = "malware-suspected"
        attachguard_types = "script"
        attachguard_scope = "macro script"
    strings:
        $tick1 = "i`e`x" nocase
        $tick2 = "i`ex" nocase
        $tick3 = "n`e`w-" nocase
        $tick4 = "`ew-`ob" nocase
        $tick5 = "w-ob`j" nocase
        $tick6 = "in`v`o" nocase
        $tick7 = "do`w`n" nocase
        $sum1 = "\"Down\"+\"load" nocase
        $sum2 = "'Down'+'load" nocase
        $sum3 = "'i'+'ex'" nocase
        $sum4 = "'ie'+'x'" nocase
        $sum5 = "\"i\"+\"ex\"" nocase
        $sum6 = "'Web'+'Client" nocase
        $sum7 = "'Net.We'+'" nocase
        $form1 = "&(\"{1}{0}\"" nocase
        $form2 = "&('{1}{0}'" nocase
        $form3 = ".(\"{1}{0}\"" nocase
        $form4 = ".('{1}{0}'" nocase
        $form5 = "(\"{2}{0}{1}\"" nocase
        $form6 = "('{2}{0}{1}'" nocase
        $form7 = "(\"{0}{2}{1}\"" nocase
        $form8 = "(\"{1}{2}{0}\"" nocase
        $form9 = "(\"{2}{1}{0}\"" nocase
        $char1 = "[char]105+[char]101+[char]120" nocase
        $char2 = "[char]73+[char]69+[char]88" nocase
        $char3 = "[char]0x69+[char]0x65+[char]0x78" nocase
        $alias1 = "gal i*x" nocase
        $alias2 = "$pshome[4]+$pshome[3" nocase
        $alias3 = "$shellid[1]+$shellid[1" nocase
        $alias4 = "$env:comspec[4,24,25]-join" nocase
        $alias5 = "$env:comspec[4,15,25]-join" nocase
        $alias6 = "$verbosepreference.tostring()[1,3]" nocase
    condition:
        filesize < 5MB and any of them
}
