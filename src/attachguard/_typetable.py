"""The table of file types: data only, read by `filetypes.py`.

One type a line, columns parted by `|`:

    id | group | facts | base | media type | extensions | name in plain words

`facts` are what being of this type means, whatever the content: `x` executable-content, `s` script-content, `a` archive-content,
`m` multimedia-content, `l` legacy-office-format, `e` its content cannot be looked into here (uninspectable-content). `base` is the type that this one refines: a `docx`
is found inside a `zip` and replaces it. Ids are API. Media types are IANA's where registered, else the ones that mail filters already match.
"""

from __future__ import annotations

from typing import Final

TABLE: Final = """
# -- text and markup
txt|text|||text/plain|txt text log asc|plain text
csv|text||txt|text/csv|csv tsv|comma-separated values
md|text||txt|text/markdown|md markdown|Markdown text
json|text||txt|application/json|json geojson|JSON
yaml|text||txt|application/yaml|yaml yml|YAML
ini|text||txt|text/x-ini|ini cfg conf|settings text
toml|text||txt|application/toml|toml|TOML settings
ndjson|text||txt|application/x-ndjson|jsonl ndjson|JSON lines
bib|text||txt|text/x-bibtex|bib|BibTeX entries
rst|text||txt|text/x-rst|rst|reStructuredText
po|text||txt|text/x-po|po pot|translations (source)
css|text||txt|text/css|css|style sheet
scss|text||txt|text/x-scss|scss sass less|style sheet (source)
sql|text||txt|application/sql|sql|SQL statements
ldif|text||txt|text/x-ldif|ldif|directory entries (LDIF)
ics|text||txt|text/calendar|ics ifb|calendar
vcf|text||txt|text/vcard|vcf vcard|contact card
pem|crypto||txt|application/x-pem-file|pem key crt cer|PEM objects
diff|text||txt|text/x-diff|diff patch|difference listing
c|text||txt|text/x-c|c h|C source
cpp|text||txt|text/x-c++|cpp cc cxx hpp hxx hh|C++ source
java|text||txt|text/x-java-source|java|Java source
cs|text||txt|text/x-csharp|cs|C# source
go|text||txt|text/x-go|go|Go source
rust|text||txt|text/x-rust|rs|Rust source
kotlin|text||txt|text/x-kotlin|kt kts|Kotlin source
swift|text||txt|text/x-swift|swift|Swift source
scala|text||txt|text/x-scala|scala|Scala source
groovy|text||txt|text/x-groovy|groovy gradle|Groovy source
typescript|text||txt|text/x-typescript|tsx ts|TypeScript source
jsx|text||txt|text/jsx|jsx|JavaScript with markup
vue|text||txt|text/x-vue|vue|Vue component
coffee|text||txt|text/x-coffeescript|coffee|CoffeeScript source
r|text||txt|text/x-r|r|R source
julia|text||txt|text/x-julia|jl|Julia source
matlab|text||txt|text/x-matlab|m|MATLAB source
pascal|text||txt|text/x-pascal|pas dpr|Pascal source
fortran|text||txt|text/x-fortran|f90 f95 f77 for|Fortran source
asm|text||txt|text/x-asm|asm s|assembler source
haskell|text||txt|text/x-haskell|hs|Haskell source
erlang|text||txt|text/x-erlang|erl|Erlang source
elixir|text||txt|text/x-elixir|ex exs|Elixir source
clojure|text||txt|text/x-clojure|clj|Clojure source
lisp|text||txt|text/x-lisp|lisp el scm|Lisp source
dart|text||txt|text/x-dart|dart|Dart source
proto|text||txt|text/x-protobuf|proto|protocol buffer definition
cobol|text||txt|text/x-cobol|cob cbl|COBOL source
verilog|text||txt|text/x-verilog|v sv|Verilog source
vhdl|text||txt|text/x-vhdl|vhdl|VHDL source
cmake|text||txt|text/x-cmake|cmake|CMake rules
make|text||txt|text/x-makefile|mk mak|make rules
tex|text||txt|application/x-tex|tex latex|TeX source
srt|text||txt|application/x-subrip|srt|subtitles
vtt|text||txt|text/vtt|vtt|web subtitles
m3u|text||txt|audio/x-mpegurl|m3u m3u8|playlist
mif|document||txt|application/vnd.mif|mif|FrameMaker interchange
step|text||txt|model/step|stp step p21|STEP model
gv|text||txt|text/vnd.graphviz|gv dot|Graphviz graph
vrml|text||txt|model/vrml|wrl vrml|VRML scene
html|text|||text/html|html htm shtml xht|HTML page
xml|text|||application/xml|xml xsd dtd|XML
xhtml|text||xml|application/xhtml+xml|xhtml xht|XHTML page
xslt|text||xml|application/xslt+xml|xsl xslt|XSLT stylesheet
svg|image||xml|image/svg+xml|svg|SVG drawing
svgz|image||gz|image/svg+xml-compressed|svgz|compressed SVG drawing
docxml|document|||application/x-document-xml||XML parts of a document, joined
plist|data||xml|application/x-plist|plist|property list
kml|data||xml|application/vnd.google-earth.kml+xml|kml|map data
gpx|data||xml|application/gpx+xml|gpx|GPS track
rss|text||xml|application/rss+xml|rss atom|news feed
rtf|document|||text/rtf|rtf doc|Rich Text Format
ps|document|||application/postscript|ps eps epsf|PostScript
eps|image||ps|application/postscript|eps epsf|encapsulated PostScript
fdf|document|||application/vnd.fdf|fdf|PDF form data
xfdf|document||xml|application/vnd.adobe.xfdf|xfdf|PDF form data (XML)
mht|document||eml|multipart/related|mht mhtml|web archive (MHTML)
slk|spreadsheet||txt|application/x-sylk|slk sylk|SYLK spreadsheet
dif|spreadsheet||txt|application/x-dif|dif|DIF spreadsheet
iqy|script|s|txt|text/x-ms-iqy|iqy oqy rqy dqy|Office web query
dxf|image||txt|image/vnd.dxf|dxf|DXF drawing
warc|archive|a||application/warc|warc|web archive (WARC)
# -- mail
eml|mail|||message/rfc822|eml mime msg|mail message
mbox|mail|||application/mbox|mbox mbx|mailbox
tnef|mail|||application/vnd.ms-tnef|dat tnef|TNEF (winmail.dat)
msg|mail||cfb|application/vnd.ms-outlook|msg oft|Outlook message
pst|mail|e||application/vnd.ms-outlook-pst|pst ost|Outlook mailbox
dbx|mail|e||application/x-outlook-express|dbx|Outlook Express mailbox
nsf|mail|e||application/vnd.lotus-notes|nsf ntf|Notes database
emlx|mail|||message/x-emlx|emlx|Apple Mail message
# -- PDF
pdf|document|||application/pdf|pdf|PDF
# -- Office, compound file
cfb|data|||application/x-ole-storage|ole cfb|compound file (OLE2)
doc|document|l|cfb|application/msword|doc dot|Word 97-2003 document
xls|spreadsheet|l|cfb|application/vnd.ms-excel|xls xlt xla xlm xlw|Excel 97-2003 workbook
ppt|presentation|l|cfb|application/vnd.ms-powerpoint|ppt pps pot ppa|PowerPoint 97-2003 presentation
pub|document||cfb|application/x-mspublisher|pub|Publisher document
vsd|document|l|cfb|application/vnd.visio|vsd vss vst|Visio drawing
mpp|document||cfb|application/vnd.ms-project|mpp mpt|Project plan
wps|document||cfb|application/vnd.ms-works|wps wks|Works document
hwp|document||cfb|application/x-hwp|hwp|Hangul word processor document
msi|executable|xa|cfb|application/x-msi|msi|Windows Installer package
msp|executable|xa|cfb|application/x-msp|msp mst|Windows Installer patch
jumplist|data||cfb|application/x-ms-jumplist|automaticdestinations-ms|list of recent files
rvt|image||cfb|application/x-revit|rvt rfa rte|Revit model
jtd|document||cfb|application/x-js-taro|jtd jtt|Ichitaro document
thumbs|data||cfb|application/x-thumbs-db|db|thumbnail cache
one|document|||application/onenote|one onetoc2|OneNote section
onepkg|archive|a||application/onenote|onepkg|OneNote package
ooxml-enc|document||cfb|application/x-ooxml-protected|docx xlsx pptx docm xlsm pptm xlsb|encrypted Office document
ooxml-irm|document||cfb|application/x-ooxml-irm|docx xlsx pptx|rights-managed Office document
vbaproject|macro||cfb|application/vnd.ms-office.vbaProject|bin|VBA project
activemime|document|||application/x-mso|mso|ActiveMime wrapper
xls5|spreadsheet|l|xls|application/vnd.ms-excel|xls|Excel 5/95 workbook
biff|spreadsheet|l||application/vnd.ms-excel|xls xlc xlw|Excel 2-4 sheet
mdb|database|||application/vnd.ms-access|mdb mde mda|Access database
accdb|database|||application/msaccess|accdb accde accda|Access database
wri|document|||application/x-mswrite|wri|Windows Write document
word2|document|e||application/msword|doc|Word 1-2 document
lwp|document|||application/vnd.lotus-wordpro|lwp|Word Pro document
indd|document|||application/x-indesign|indd indt|InDesign document
qxd|document|||application/vnd.quark.quarkxpress|qxd|QuarkXPress document
frame|document|||application/vnd.framemaker|fm frm|FrameMaker document
dvi|document|||application/x-dvi|dvi|TeX output
pcl|document|||application/vnd.hp-pcl|pcl prn|PCL print file
lit|document|||application/x-ms-reader|lit|Microsoft Reader book
lrf|document|||application/x-sony-bbeb|lrf|BBeB book
palmdoc|document|||application/vnd.palm|pdb prc|Palm document
# -- Office, Open XML
opc|data||zip|application/vnd.openxmlformats-package|opc|OPC package
docx|document||opc|application/vnd.openxmlformats-officedocument.wordprocessingml.document|docx|Word document
docm|document||opc|application/vnd.ms-word.document.macroEnabled.12|docm|Word document with macros
dotx|document||opc|application/vnd.openxmlformats-officedocument.wordprocessingml.template|dotx|Word template
dotm|document||opc|application/vnd.ms-word.template.macroEnabled.12|dotm|Word template with macros
xlsx|spreadsheet||opc|application/vnd.openxmlformats-officedocument.spreadsheetml.sheet|xlsx|Excel workbook
xlsm|spreadsheet||opc|application/vnd.ms-excel.sheet.macroEnabled.12|xlsm|Excel workbook with macros
xlsb|spreadsheet||opc|application/vnd.ms-excel.sheet.binary.macroEnabled.12|xlsb|Excel binary workbook
xltx|spreadsheet||opc|application/vnd.openxmlformats-officedocument.spreadsheetml.template|xltx|Excel template
xltm|spreadsheet||opc|application/vnd.ms-excel.template.macroEnabled.12|xltm|Excel template with macros
xlam|spreadsheet||opc|application/vnd.ms-excel.addin.macroEnabled.12|xlam|Excel add-in
pptx|presentation||opc|application/vnd.openxmlformats-officedocument.presentationml.presentation|pptx|PowerPoint presentation
pptm|presentation||opc|application/vnd.ms-powerpoint.presentation.macroEnabled.12|pptm|PowerPoint presentation with macros
potx|presentation||opc|application/vnd.openxmlformats-officedocument.presentationml.template|potx|PowerPoint template
potm|presentation||opc|application/vnd.ms-powerpoint.template.macroEnabled.12|potm|PowerPoint template with macros
ppsx|presentation||opc|application/vnd.openxmlformats-officedocument.presentationml.slideshow|ppsx|PowerPoint show
ppsm|presentation||opc|application/vnd.ms-powerpoint.slideshow.macroEnabled.12|ppsm|PowerPoint show with macros
ppam|presentation||opc|application/vnd.ms-powerpoint.addin.macroEnabled.12|ppam|PowerPoint add-in
sldx|presentation||opc|application/vnd.openxmlformats-officedocument.presentationml.slide|sldx|PowerPoint slide
sldm|presentation||opc|application/vnd.ms-powerpoint.slide.macroEnabled.12|sldm|PowerPoint slide with macros
thmx|data||opc|application/vnd.ms-officetheme|thmx|Office theme
vsdx|document||opc|application/vnd.ms-visio.drawing.main+xml|vsdx vssx vstx|Visio drawing
vsdm|document||opc|application/vnd.ms-visio.drawing.macroEnabled.main+xml|vsdm vssm vstm|Visio drawing with macros
flatopc|document||xml|application/vnd.ms-word.flatopc+xml|xml|Word Flat OPC
word2003|document||xml|application/vnd.ms-word.2003+xml|xml doc|Word 2003 XML
excel2003|spreadsheet||xml|application/vnd.ms-excel.2003+xml|xml xls|Excel 2003 XML
# -- OpenDocument and StarOffice
sdw|document||cfb|application/vnd.stardivision.writer|sdw vor|StarWriter document
sdc|spreadsheet||cfb|application/vnd.stardivision.calc|sdc|StarCalc spreadsheet
sdd|presentation||cfb|application/vnd.stardivision.impress|sdd sda|StarImpress presentation
smf|document||cfb|application/vnd.stardivision.math|smf|StarMath formula
sds|image||cfb|application/vnd.stardivision.chart|sds|StarChart chart
odt|document||zip|application/vnd.oasis.opendocument.text|odt|OpenDocument text
ott|document||zip|application/vnd.oasis.opendocument.text-template|ott|OpenDocument text template
odm|document||zip|application/vnd.oasis.opendocument.text-master|odm|OpenDocument master text
oth|document||zip|application/vnd.oasis.opendocument.text-web|oth|OpenDocument web page
ods|spreadsheet||zip|application/vnd.oasis.opendocument.spreadsheet|ods|OpenDocument spreadsheet
ots|spreadsheet||zip|application/vnd.oasis.opendocument.spreadsheet-template|ots|OpenDocument spreadsheet template
odp|presentation||zip|application/vnd.oasis.opendocument.presentation|odp|OpenDocument presentation
otp|presentation||zip|application/vnd.oasis.opendocument.presentation-template|otp|OpenDocument presentation template
odg|image||zip|application/vnd.oasis.opendocument.graphics|odg|OpenDocument drawing
otg|image||zip|application/vnd.oasis.opendocument.graphics-template|otg|OpenDocument drawing template
odc|image||zip|application/vnd.oasis.opendocument.chart|odc|OpenDocument chart
odf|document||zip|application/vnd.oasis.opendocument.formula|odf|OpenDocument formula
odi|image||zip|application/vnd.oasis.opendocument.image|odi|OpenDocument image
odb|database||zip|application/vnd.oasis.opendocument.base|odb|OpenDocument database
sxw|document||zip|application/vnd.sun.xml.writer|sxw stw|StarOffice text
sxc|spreadsheet||zip|application/vnd.sun.xml.calc|sxc stc|StarOffice spreadsheet
sxi|presentation||zip|application/vnd.sun.xml.impress|sxi sti|StarOffice presentation
sxd|image||zip|application/vnd.sun.xml.draw|sxd std|StarOffice drawing
fodt|document||xml|application/vnd.oasis.opendocument.text-flat-xml|fodt|flat OpenDocument text
fods|spreadsheet||xml|application/vnd.oasis.opendocument.spreadsheet-flat-xml|fods|flat OpenDocument spreadsheet
fodp|presentation||xml|application/vnd.oasis.opendocument.presentation-flat-xml|fodp|flat OpenDocument presentation
fodg|image||xml|application/vnd.oasis.opendocument.graphics-flat-xml|fodg|flat OpenDocument drawing
# -- other documents
epub|document||zip|application/epub+zip|epub|EPUB book
mobi|document|||application/x-mobipocket-ebook|mobi prc azw azw3|Mobipocket book
xps|document||opc|application/oxps|xps oxps|XPS document
pages|document||zip|application/vnd.apple.pages|pages|Pages document
numbers|spreadsheet||zip|application/vnd.apple.numbers|numbers|Numbers spreadsheet
key|presentation||zip|application/vnd.apple.keynote|key|Keynote presentation
hwpx|document||zip|application/hwp+zip|hwpx|Hangul word processor document (XML)
wpd|document||cfb|application/vnd.wordperfect|wpd wp5 wp6 wp wp7 wpt|WordPerfect document
wk|spreadsheet|||application/vnd.lotus-1-2-3|wk1 wk3 wk4 123 wks|Lotus 1-2-3 worksheet
qpw|spreadsheet||cfb|application/x-quattro-pro|qpw wb1 wb2 wb3|Quattro Pro worksheet
djvu|document|||image/vnd.djvu|djvu djv|DjVu document
dwg|image|||image/vnd.dwg|dwg dwt|AutoCAD drawing
dgn|image|||image/vnd.dgn|dgn|MicroStation drawing
dwf|image|||model/vnd.dwf|dwf|DWF drawing
dwfx|image||opc|model/vnd.dwfx+xps|dwfx|DWFx drawing
kmz|data||zip|application/vnd.google-earth.kmz|kmz|compressed map data
chm|executable|x||application/vnd.ms-htmlhelp|chm chi|compiled HTML help
hlp|executable|x||application/winhlp|hlp|Windows help
# -- archives and compressed streams
zip|archive|a||application/zip|zip zipx cbz|ZIP archive
rar|archive|a||application/vnd.rar|rar r00 cbr rev|RAR archive
7z|archive|a||application/x-7z-compressed|7z cb7|7z archive
tar|archive|a||application/x-tar|tar|tar archive
gz|archive|a||application/gzip|gz tgz taz|gzip stream
bz2|archive|a||application/x-bzip2|bz2 tbz tbz2|bzip2 stream
xz|archive|a||application/x-xz|xz txz|xz stream
lzma|archive|a||application/x-lzma|lzma tlz|LZMA stream
lzip|archive|a||application/x-lzip|lz|lzip stream
zst|archive|a||application/zstd|zst tzst|Zstandard stream
lz4|archive|a||application/x-lz4|lz4|LZ4 stream
br|archive|a||application/x-brotli|br|Brotli stream
z|archive|a||application/x-compress|z|compress stream
zlib|archive|a||application/zlib|zz zlib|raw zlib stream
lzop|archive|ae||application/x-lzop|lzo|LZO stream
lrzip|archive|ae||application/x-lrzip|lrz|Long Range ZIP stream
rzip|archive|ae||application/x-rzip|rz|rzip stream
bz3|archive|ae||application/x-bzip3|bz3|bzip3 stream
snappy|archive|ae||application/x-snappy-framed|sz|Snappy stream
lzfse|archive|ae||application/x-lzfse|lzfse|LZFSE stream
szdd|archive|a||application/x-ms-compress|sz ex_ dl_ tx_|Microsoft compressed file
pack|archive|ae||application/x-pack|z|packed file
cab|archive|a||application/vnd.ms-cab-compressed|cab|cabinet
iscab|archive|ae||application/x-installshield|cab hdr|InstallShield cabinet
diagcab|executable|xa|cab|application/x-diagcab|diagcab|Windows troubleshooter package
arj|archive|a||application/x-arj|arj|ARJ archive
lha|archive|a||application/x-lzh-compressed|lzh lha|LHA archive
ace|archive|a||application/x-ace-compressed|ace|ACE archive
zoo|archive|a||application/x-zoo|zoo|ZOO archive
arc|archive|a||application/x-arc|arc|ARC archive
alz|archive|a||application/x-alz|alz|ALZ archive
egg|archive|a||application/x-egg|egg|EGG archive
sit|archive|a||application/x-stuffit|sit sitx|StuffIt archive
zpaq|archive|ae||application/x-zpaq|zpaq|ZPAQ archive
par2|archive|||application/x-par2|par2|recovery data
dar|archive|ae||application/x-dar|dar|DAR archive
e01|archive|ae||application/x-ewf|e01 l01 ex01|forensic image
cpio|archive|a||application/x-cpio|cpio|cpio archive
ar|archive|a||application/x-archive|a ar|ar archive
wim|archive|a||application/x-ms-wim|wim esd swm|Windows image
xar|archive|a||application/x-xar|xar|xar archive
pkg|executable|xa|xar|application/x-apple-installer|pkg|macOS installer
rpm|executable|xa||application/x-rpm|rpm|RPM package
deb|executable|xa|ar|application/vnd.debian.binary-package|deb udeb|Debian package
uue|archive|a|txt|text/x-uuencode|uu uue|uuencoded file
yenc|archive|a||text/x-yenc|yenc|yEnc file
hqx|archive|a|txt|application/mac-binhex40|hqx|BinHex file
shar|archive|a|txt|application/x-shar|shar|shell archive
applesingle|archive|a||application/applefile|as ad|AppleSingle/AppleDouble
# -- disk images
volume|archive|a||application/x-archive-volume||volume of a split archive
iso|archive|a||application/x-iso9660-image|iso|ISO 9660 image
udf|archive|a||application/x-udf-image|udf iso|UDF image
img|archive|a||application/x-raw-disk-image|img ima dd|raw disk image
fat|archive|a||application/x-fat-image|img ima vfd|FAT disk image
ntfs|archive|a||application/x-ntfs-image|img dd|NTFS volume
exfat|archive|a||application/x-exfat-image|img dd|exFAT volume
vhd|archive|a||application/x-vhd|vhd|VHD disk image
vhdx|archive|a||application/x-vhdx|vhdx|VHDX disk image
vmdk|archive|a||application/x-vmdk|vmdk|VMDK disk image
qcow|archive|a||application/x-qemu-disk|qcow qcow2|QCOW disk image
dmg|archive|a||application/x-apple-diskimage|dmg|macOS disk image
squashfs|archive|a||application/vnd.squashfs|squashfs snap|SquashFS image
cramfs|archive|a||application/x-cramfs|cramfs|CramFS image
romfs|archive|ae||application/x-romfs|romfs|ROM file system
ext|archive|a||application/x-ext-image|ext2 ext3 ext4|Linux file system
hfs|archive|a||application/x-hfs-image|img hfs|HFS volume
apfs|archive|a||application/x-apfs-image|img|APFS volume
btrfs|archive|ae||application/x-btrfs-image|img|Btrfs volume
xfs|archive|ae||application/x-xfs-image|img|XFS volume
vdi|archive|a||application/x-virtualbox-vdi|vdi|VirtualBox disk image
sparseimage|archive|ae||application/x-apple-sparseimage|sparseimage|macOS sparse image
mdf|archive|ae||application/x-cd-image|mdf bin|raw disc image
cso|archive|ae||application/x-cso|cso ciso|compressed disc image
chd|archive|ae||application/x-mame-chd|chd|compressed disc image (CHD)
# -- zip-based packages
jar|executable|xa|zip|application/java-archive|jar war ear|Java archive
apk|executable|xa|zip|application/vnd.android.package-archive|apk aab|Android package
ipa|executable|xa|zip|application/x-ios-app|ipa|iOS application
msix|executable|xa|zip|application/msix|msix appx msixbundle appxbundle|Windows app package
vsix|executable|xa|zip|application/vsix|vsix|Visual Studio extension
nupkg|executable|xa|zip|application/x-nuget|nupkg|NuGet package
whl|archive|a||application/x-wheel+zip|whl|Python wheel
crx|executable|xa|zip|application/x-chrome-extension|crx|Chrome extension
xpi|executable|xa|zip|application/x-xpinstall|xpi|Mozilla extension
gadget|executable|xa|zip|application/x-windows-gadget|gadget|Windows gadget
xap|executable|xa|zip|application/x-silverlight-app|xap|Silverlight application
air|executable|xa|zip|application/vnd.adobe.air-application-installer-package+zip|air|AIR application
pyz|executable|xa|zip|application/x-python-zipapp|pyz pyzw|Python application
oxt|executable|xa|zip|application/vnd.openofficeorg.extension|oxt|LibreOffice extension
asice|crypto|a|zip|application/vnd.etsi.asic-e+zip|asice sce|signed container (ASiC-E)
asics|crypto|a|zip|application/vnd.etsi.asic-s+zip|asics scs|signed container (ASiC-S)
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
shell|script|s|txt|application/x-sh|sh bash csh ksh zsh fish|shell script
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
webloc|script|s|plist|application/x-webloc|webloc inetloc fileloc|macOS internet location
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
# -- images
png|image|||image/png|png apng|PNG image
jpg|image|||image/jpeg|jpg jpeg jpe jfif mpo jfi|JPEG image
gif|image|||image/gif|gif|GIF image
bmp|image|||image/bmp|bmp dib|BMP image
tif|image|||image/tiff|tif tiff ptif|TIFF image
webp|image|||image/webp|webp|WebP image
ico|image|||image/vnd.microsoft.icon|ico|icon
cur|image|||image/x-win-bitmap|cur|cursor
heic|image|||image/heic|heic heif hif heics|HEIC image
avif|image|||image/avif|avif|AVIF image
jp2|image|||image/jp2|jp2 jpx j2k jpf jpm j2c jpc mj2|JPEG 2000 image
jxl|image|||image/jxl|jxl|JPEG XL image
jbig2|image|||image/x-jbig2|jb2 jbig2|JBIG2 image
psd|image|||image/vnd.adobe.photoshop|psd psb|Photoshop image
ora|image||zip|image/openraster|ora|OpenRaster image
kra|image||zip|application/x-krita|kra|Krita image
xcf|image|||image/x-xcf|xcf|GIMP image
ai|image||pdf|application/illustrator|ai|Illustrator drawing
pbm|image|||image/x-portable-bitmap|pbm|portable bitmap
pgm|image|||image/x-portable-graymap|pgm|portable graymap
ppm|image|||image/x-portable-pixmap|ppm pnm pam|portable pixmap
xbm|image||txt|image/x-xbitmap|xbm|X bitmap
xpm|image||txt|image/x-xpixmap|xpm|X pixmap
tga|image|||image/x-tga|tga|Targa image
pcx|image|||image/x-pcx|pcx|PCX image
exr|image|||image/x-exr|exr|OpenEXR image
hdr|image|||image/vnd.radiance|hdr|Radiance image
dds|image|||image/vnd.ms-dds|dds|DirectDraw surface
icns|image|||image/icns|icns|Apple icon
emf|image|||image/emf|emf|enhanced metafile
wmf|image|||image/wmf|wmf|Windows metafile
fits|image|||image/fits|fits fit|FITS image
sgi|image|||image/x-sgi|sgi rgb bw|SGI image
ras|image|||image/x-sun-raster|ras sun|Sun raster image
dpx|image|||image/x-dpx|dpx|DPX image
cin|image|||image/x-cineon|cin|Cineon image
qoi|image|||image/qoi|qoi|QOI image
bpg|image|||image/bpg|bpg|BPG image
flif|image|||image/flif|flif|FLIF image
jxr|image|||image/jxr|jxr wdp hdp|JPEG XR image
jls|image|||image/jls|jls|JPEG-LS image
blp|image|||image/x-blp|blp|game texture (BLP)
mng|image|||video/x-mng|mng|MNG animation
jng|image|||image/x-jng|jng|JNG image
ani|image|||application/x-navi-animation|ani|animated cursor
ilbm|image|||image/x-ilbm|iff lbm ilbm|IFF picture
cr2|image|||image/x-canon-cr2|cr2|Canon raw image
cr3|image|||image/x-canon-cr3|cr3|Canon raw image (CR3)
crw|image|||image/x-canon-crw|crw|Canon raw image (CRW)
orf|image|||image/x-olympus-orf|orf|Olympus raw image
rw2|image|||image/x-panasonic-rw2|rw2|Panasonic raw image
raf|image|||image/x-fuji-raf|raf|Fuji raw image
x3f|image|||image/x-sigma-x3f|x3f|Sigma raw image
psp|image|||image/x-psp|psp pspimage|Paint Shop Pro image
miff|image|||image/x-miff|miff|ImageMagick image
dcx|image|||image/x-dcx|dcx|DCX fax image
gbr|image|||image/x-gimp-gbr|gbr|GIMP brush
pat|image|||image/x-gimp-pat|pat|GIMP pattern
wpg|image|||application/x-wpg|wpg|WordPerfect graphic
cdr|image|||application/x-coreldraw|cdr|CorelDRAW drawing
pict|image|||image/x-pict|pct pict|QuickDraw picture
mdi|image|||image/vnd.ms-modi|mdi|Document Imaging file
ktx|image|||image/ktx|ktx ktx2|texture (KTX)
astc|image|||image/astc|astc|texture (ASTC)
cgm|image||txt|image/cgm|cgm|CGM drawing
nitf|image|||image/nitf|ntf nitf|NITF image
fig|image||txt|image/x-xfig|fig|Xfig drawing
skp|image|||application/vnd.sketchup.skp|skp|SketchUp model
blend|data|||application/x-blender|blend|Blender scene
fbx|data|||application/x-fbx|fbx|3D model (FBX)
ply|data|||model/ply|ply|3D model (PLY)
3ds|data|||image/x-3ds|3ds|3D model (3DS)
las|data|||application/vnd.las|las laz|point cloud
dicom|image|||application/dicom|dcm dicom|DICOM image
icc|data|||application/vnd.iccprofile|icc icm|colour profile
# -- sound and video
mp3|audio|m||audio/mpeg|mp3 mp2 mp1 mpa|MP3 sound
wav|audio|m||audio/wav|wav|WAVE sound
aiff|audio|m||audio/aiff|aiff aif aifc 8svx|AIFF sound
au|audio|m||audio/basic|au snd|Sun sound
flac|audio|m||audio/flac|flac|FLAC sound
ogg|audio|m||audio/ogg|ogg oga opus ogv ogx spx ogm|Ogg media
aac|audio|m||audio/aac|aac|AAC sound
m4a|audio|m||audio/mp4|m4a m4b m4p f4a f4b|MPEG-4 sound
amr|audio|m||audio/amr|amr|AMR sound
midi|audio|m||audio/midi|mid midi rmi kar|MIDI music
ape|audio|m||audio/x-ape|ape|Monkey's Audio sound
caf|audio|m||audio/x-caf|caf|Core Audio sound
voc|audio|m||audio/x-voc|voc|Creative Voice sound
wv|audio|m||audio/x-wavpack|wv|WavPack sound
mpc|audio|m||audio/x-musepack|mpc|Musepack sound
tta|audio|m||audio/x-tta|tta|True Audio sound
tak|audio|m||audio/x-tak|tak|TAK sound
ac3|audio|m||audio/ac3|ac3|AC-3 sound
dts|audio|m||audio/vnd.dts|dts|DTS sound
dsf|audio|m||audio/x-dsf|dsf|DSD sound
dff|audio|m||audio/x-dff|dff|DSDIFF sound
w64|audio|m||audio/x-w64|w64|Wave64 sound
ra|audio|m||audio/vnd.rn-realaudio|ra|RealAudio sound
shn|audio|m||audio/x-shorten|shn|Shorten sound
xm|audio|m||audio/x-xm|xm|tracker music (XM)
it|audio|m||audio/x-it|it|tracker music (IT)
s3m|audio|m||audio/x-s3m|s3m|tracker music (S3M)
mod|audio|m||audio/x-mod|mod|tracker music (MOD)
sf2|audio|m||audio/x-sf2|sf2|sound font
sph|audio|m||audio/x-nist|sph|NIST sound
qcp|audio|m||audio/qcelp|qcp|QCELP sound
mp4|video|m||video/mp4|mp4 m4v f4v f4p|MPEG-4 video
mov|video|m||video/quicktime|mov qt|QuickTime video
3gp|video|m||video/3gpp|3gp 3g2|3GPP video
avi|video|m||video/x-msvideo|avi divx|AVI video
mkv|video|m||video/matroska|mkv mka|Matroska video
webm|video|m||video/webm|webm|WebM video
flv|video|m||video/x-flv|flv|Flash video
asf|video|m||video/x-ms-asf|asf wmv wma|Windows Media
mpg|video|m||video/mpeg|mpg mpeg vob m1v m2v mpe|MPEG video
mts|video|m||video/mp2t|ts mts m2ts|MPEG transport stream
rm|video|m||application/vnd.rn-realmedia|rm rmvb|RealMedia
mxf|video|m||application/mxf|mxf|MXF video
ivf|video|m||video/x-ivf|ivf|IVF video
y4m|video|m||video/x-yuv4mpeg|y4m|raw video (Y4M)
fli|video|m||video/x-fli|fli flc|FLIC animation
smk|video|m||video/x-smacker|smk|Smacker video
bik|video|m||video/x-bink|bik bk2|Bink video
wtv|video|m||video/x-wtv|wtv|Windows recorded television
dv|video|m||video/x-dv|dv|DV video
nsv|video|m||video/x-nsv|nsv|Nullsoft video
# -- fonts
ttf|font|||font/ttf|ttf ttc|TrueType font
otf|font|||font/otf|otf|OpenType font
woff|font|||font/woff|woff|web font
woff2|font|||font/woff2|woff2|web font 2
eot|font|||application/vnd.ms-fontobject|eot|embedded OpenType font
pfb|font|||application/x-font-type1|pfb pfa|Type 1 font
bdf|font||txt|application/x-font-bdf|bdf|BDF font
afm|font||txt|application/x-font-afm|afm|font metrics
pcf|font|||application/x-font-pcf|pcf|PCF font
psf|font|||application/x-font-linux-psf|psf|console font
# -- data
sqlite|database|||application/vnd.sqlite3|sqlite sqlite3 db|SQLite database
dbf|database|||application/x-dbf|dbf|dBASE table
parquet|data|||application/vnd.apache.parquet|parquet|Parquet table
hdf5|data|||application/x-hdf5|h5 hdf5|HDF5 data
bplist|data|||application/x-bplist|plist|binary property list
pcap|data|||application/vnd.tcpdump.pcap|pcap cap|network capture
pcapng|data|||application/x-pcapng|pcapng|network capture (next generation)
evtx|data|||application/x-ms-evtx|evtx|Windows event log
regf|data|||application/x-ms-registry|dat hiv|registry hive
torrent|data|||application/x-bittorrent|torrent|BitTorrent metadata
mo|data|||application/x-gettext-translation|mo|translations
shp|data|||application/vnd.shp|shp|shape file
3mf|data||zip|model/3mf|3mf|3D model (3MF)
stl|data|||model/stl|stl|3D model
glb|data|||model/gltf-binary|glb|3D model (glTF)
drc|data|||model/x-draco|drc|3D model (Draco)
u3d|data|||model/u3d|u3d|3D model (U3D)
pickle|executable|x||application/x-python-pickle|pkl pickle|Python pickle
npy|data|||application/x-npy|npy|NumPy array
avro|data|||application/avro|avro|Avro data
orc|data|||application/vnd.apache.orc|orc|ORC table
arrow|data|||application/vnd.apache.arrow.file|arrow feather|Arrow table
netcdf|data|||application/x-netcdf|nc cdf|NetCDF data
hdf4|data|||application/x-hdf|hdf h4|HDF4 data
grib|data|||application/x-grib|grib grb grb2|GRIB weather data
bufr|data|||application/x-bufr|bufr|BUFR weather data
mat|data|||application/x-matlab-data|mat|MATLAB data
sav|data|||application/x-spss-sav|sav|SPSS data
jmp|data|||application/x-jmp-data|jmp|JMP data
sas|data|||application/x-sas-data|sas7bdat|SAS data
xpt|data|||application/x-sas-xport|xpt|SAS transport file
dta|data|||application/x-stata-dta|dta|Stata data
rdata|data|||application/x-r-data|rdata rda rds|R data
gguf|data|||application/x-gguf|gguf|language model
safetensors|data|||application/x-safetensors|safetensors|model weights
nrrd|data|||application/x-nrrd|nrrd|NRRD volume
nifti|data|||application/x-nifti|nii|NIfTI volume
mrc|data|||application/x-mrc|mrc|MRC volume
root|data|||application/x-root|root|ROOT data
czi|data|||image/x-zeiss-czi|czi|Zeiss microscope image
fit|data|||application/vnd.ant.fit|fit|FIT activity
pbf|data|||application/vnd.openstreetmap.data+pbf|pbf|OpenStreetMap data
erdas|data|||image/x-erdas-hfa|img|ERDAS image
bdb|database|||application/x-berkeley-db|db|Berkeley DB
gdbm|database|||application/x-gdbm|gdbm|GDBM database
ese|database|||application/x-ms-ese|edb dit sdb|ESE database
mssql|database|||application/x-mssql|mdf ndf|SQL Server database
money|database|||application/x-msmoney|mny|Money file
evt|data|||application/x-ms-evt|evt|Windows event log (old)
journal|data|||application/x-systemd-journal|journal|system journal
dmp|data|||application/x-ms-minidump|dmp mdmp|Windows memory dump
snoop|data|||application/x-snoop|snoop|network capture (snoop)
tzif|data|||application/tzif|tzif|time zone
terminfo|data|||application/x-terminfo|terminfo|terminal description
qm|data|||application/x-qt-translation|qm|translations (Qt)
ds_store|data|||application/x-ds-store|ds_store|Finder settings
pol|data|||application/x-registry-pol|pol|group policy
wad|data|||application/x-doom|wad|game data
nes|data|||application/x-nes-rom|nes|game cartridge
protobuf|data|||application/protobuf|pb|protocol buffer
empty|data|||application/x-empty||empty file
unread|unknown|||application/x-unread||content that could not be read
"""
