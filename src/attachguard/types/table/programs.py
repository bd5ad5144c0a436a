"""Programs, scripts, and what belongs to signatures and encryption, for the table of file types."""

from __future__ import annotations

from typing import Final

TABLE: Final = """
# -- programs
pe|executable|x||application/vnd.microsoft.portable-executable|exe dll scr cpl xll sys ocx drv efi mui|Windows program
mz|executable|x||application/x-dosexec|exe com|DOS program
ne|executable|x|mz|application/x-dosexec|exe dll|16-bit Windows program
le|executable|x|mz|application/x-dosexec|exe vxd|OS/2 or VxD program
com|executable|x||application/x-dos-com|com|DOS command
elf|executable|x||application/x-executable|elf so o ko bin|ELF program
macho|executable|x||application/x-mach-binary|dylib bundle o|Mach-O program
coff|executable|x||application/x-coff|obj o|COFF object
class|executable|x||application/java-vm|class|Java class
dex|executable|x||application/vnd.android.dex|dex odex|Dalvik bytecode
oat|executable|x|elf|application/x-oat|oat|Android compiled code
wasm|executable|x||application/wasm|wasm|WebAssembly module
pyc|executable|x||application/x-python-code|pyc pyo|Python bytecode
luac|executable|x||application/x-lua-bytecode|luac|Lua bytecode
llvm|executable|x||application/x-llvm|bc|LLVM bitcode
jmod|executable|xa|zip|application/x-jmod|jmod|Java module
beam|executable|x||application/x-erlang-binary|beam|Erlang bytecode
res|data|||application/x-windows-res|res|Windows resources
pdb|data|||application/x-ms-pdb|pdb|program database
swf|executable|xm||application/vnd.adobe.flash.movie|swf|Flash
lnk|executable|x||application/x-ms-shortcut|lnk|Windows shortcut
alias|script|s||application/x-apple-alias|alias|macOS alias
nsis|executable|xa|pe|application/x-nsis|exe|NSIS installer
autoit|executable|x||application/x-autoit|a3x|compiled AutoIt script
# -- scripts and launchers in text
bat|script|s|txt|application/x-bat|bat cmd|Windows batch file
ps1|script|s|txt|application/x-powershell|ps1 psm1 psd1|PowerShell script
js|script|s|txt|text/javascript|js mjs jse|JavaScript
vb|script|s|txt|text/vbscript|vbs vb vba bas|VBScript
vbe|script|s||text/x-vbscript-encoded|vbe jse|encoded script
wsf|script|s|xml|application/x-wsf|wsf|Windows Script File
sct|script|s|xml|text/scriptlet|sct wsc|Windows scriptlet
htc|script|s|xml|text/x-component|htc|HTML component
wsh|script|s|txt|application/x-wsh|wsh|Windows Script Host settings
hta|script|s|html|application/hta|hta|HTML application
shell|script|s|txt|application/x-sh|sh bash csh ksh zsh fish command tool|shell script
python|script|s|txt|text/x-python|py pyw|Python script
perl|script|s|txt|text/x-perl|pl pm|Perl script
ruby|script|s|txt|text/x-ruby|rb|Ruby script
php|script|s|txt|application/x-httpd-php|php phtml php5|PHP script
lua|script|s|txt|text/x-lua|lua|Lua script
tcl|script|s|txt|text/x-tcl|tcl|Tcl script
awk|script|s|txt|text/x-awk|awk|AWK script
au3|script|s|txt|text/x-autoit|au3|AutoIt script
ahk|script|s|txt|text/x-autohotkey|ahk|AutoHotkey script
applescript|script|s|txt|text/x-applescript|applescript scpt|AppleScript
reg|script|s|txt|text/x-ms-regedit|reg|registry entries
inf|script|s|txt|text/x-setup-inf|inf|setup information
url|script|s|txt|application/internet-shortcut|url website|internet shortcut
webloc|script|s|plist|application/x-webloc|webloc inetloc fileloc afploc ftploc mailloc newsloc vncloc atloc|macOS internet location
scf|script|s|txt|text/x-scf|scf|Explorer command
desktop|script|s|txt|application/x-desktop|desktop|desktop entry
library-ms|script|s|xml|application/windows-library+xml|library-ms|Windows library
search-ms|script|s|xml|application/windows-search+xml|search-ms searchconnector-ms|Windows search
settingcontent-ms|script|s|xml|application/x-settingcontent|settingcontent-ms|Windows settings shortcut
theme|script|s|txt|application/x-windows-theme|theme|Windows theme
rdp|script|s|txt|application/x-rdp|rdp|remote desktop connection
ica|script|s|txt|application/x-ica|ica|Citrix connection
jnlp|script|s|xml|application/x-java-jnlp-file|jnlp|Java Web Start
msc|script|s|xml|application/x-msc|msc|management console
appref-ms|script|s|txt|application/x-ms-application-reference|appref-ms|ClickOnce shortcut
application|script|s|xml|application/x-ms-application|application vsto xbap|ClickOnce manifest
appinstaller|script|s|xml|application/appinstaller|appinstaller|Windows app installer file
osd|script|s|xml|application/x-osd|osd|software description
mobileconfig|script|s|plist|application/x-apple-aspen-config|mobileconfig|Apple configuration profile
terminal|script|s|plist|application/x-apple-terminal|terminal|settings of macOS Terminal
odc|script|s|html|text/x-ms-odc|odc|Office data connection
udl|script|s|txt|text/x-ms-udl|udl dsn|database connection
remote|script|s|txt|application/x-remote-connection|vnc vv remmina nxs tsclient wcx rdg msrcincident|remote connection
vpn|script|s|txt|application/x-openvpn-profile|ovpn pcf pbk onc nmconnection|VPN profile
source|script|s|txt|application/vnd.flatpak.ref|flatpakref flatpakrepo ymp|software source
profile|script|s|txt|application/x-internet-settings|ins isp prf|Internet or Outlook settings
setup|script|s|xml|application/x-setup-file|diagcfg diagpkg webpnp|installation or troubleshooting file
wsb|script|s|xml|application/x-windows-sandbox|wsb|Windows Sandbox settings
autorun|script|s|txt|text/x-autorun|inf|autorun settings
# -- signatures, keys, encryption
pkcs7|crypto|||application/pkcs7-mime|p7m p7s p7c p7z|CMS / PKCS#7 object
p7b|crypto||pkcs7|application/x-pkcs7-certificates|p7b spc|CMS certificate bundle
p12|crypto|||application/x-pkcs12|p12 pfx|PKCS#12 key store
crt|crypto|||application/pkix-cert|crt cer der|certificate
csr|crypto|||application/pkcs10|csr p10|certificate request
crl|crypto|||application/pkix-crl|crl|certificate revocation list
jks|crypto|||application/x-java-keystore|jks|Java key store
jceks|crypto|||application/x-java-jce-keystore|jceks|Java key store (JCEKS)
kbx|crypto|||application/x-gnupg-keybox|kbx|GnuPG key box
ppk|crypto||txt|application/x-putty-private-key|ppk|PuTTY key
keychain|crypto|||application/x-apple-keychain|keychain|macOS key chain
pgp|crypto|||application/pgp-encrypted|pgp gpg asc sig|OpenPGP data
age|crypto|||application/vnd.age|age|age-encrypted file
kdbx|crypto|||application/x-keepass2|kdbx kdb|KeePass database
luks|crypto|||application/x-luks|luks img|LUKS encrypted volume
dmg-enc|crypto|||application/x-apple-diskimage|dmg sparseimage|encrypted macOS disk image
openssl-enc|crypto|||application/octet-stream|enc aes bin|OpenSSL-encrypted file
aescrypt|crypto|||application/x-aescrypt|aes|AES Crypt file
axcrypt|crypto|||application/x-axcrypt|axx|AxCrypt file
psafe3|crypto|||application/x-psafe|psafe3|Password Safe database
vault|crypto||txt|text/x-ansible-vault|vault yml|Ansible vault
tsr|crypto|||application/timestamp-reply|tsr tst|time stamp
"""
