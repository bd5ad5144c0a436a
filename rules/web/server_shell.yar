rule Server_Page_Runs_Commands
{
    meta:
        author = "attachguard"
        description = "A page for a web server that runs what its visitor sends (ASP, ASP.NET, JSP)"
        date = "2026-11-30"
        reference = "https://attack.mitre.org/techniques/T1505/003/"
        score = 85
        attachguard_code = "malware-suspected"
        attachguard_types = "html xhtml txt unknown java xml cs vb js script php"
    strings:
        $asp1 = "<%eval request" nocase
        $asp2 = "<%eval(request" nocase
        $asp4 = "<%execute" nocase
        $jsp1 = ".getRuntime("
        $jsp2 = ".exec("
        $jsp3 = ".getParameter("
        $net1 = ".Start("
        $net2 = ".Form["
        $net3 = ".QueryString["
        $net4 = "(Request[" nocase
        $page1 = "<%@ "
    condition:
        filesize < 1MB and (any of ($asp*) or ($page1 and all of ($jsp*)) or ($page1 and $net1 and any of ($net2, $net3, $net4)))
}
