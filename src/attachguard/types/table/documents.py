"""Documents, for the table of file types."""

from __future__ import annotations

from typing import Final

TABLE: Final = """
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
idml|document||zip|application/vnd.adobe.indesign-idml-package|idml icmt idms|InDesign document (IDML)
xmind|document||zip|application/vnd.xmind.workbook|xmind xmt|XMind map
mmap|document||zip|application/vnd.mindjet.mindmanager|mmap mmat xmmap|MindManager map
qgz|data||zip|application/x-qgis-project|qgz|QGIS project
sketch|image||zip|application/vnd.sketch|sketch|Sketch drawing
xd|image||zip|application/vnd.adobe.sparkler.project+dcxucf|xd|Adobe XD design
figma|image||zip|application/x-figma|fig|Figma design
corel|image||zip|application/x-vnd.corel.draw.document+zip|cdr cdrx cdt des|CorelDRAW drawing
procreate|image||zip|application/x-procreate|procreate|Procreate picture
fcstd|image||zip|application/x-extension-fcstd|fcstd|FreeCAD model
ifczip|image||zip|application/x-ifczip|ifczip|building model (IFC, packed)
usdz|image||zip|model/vnd.usdz+zip|usdz|USD model
ggb|document||zip|application/vnd.geogebra.file|ggb ggt|GeoGebra worksheet
h5p|document||zip|application/x-h5p|h5p|H5P exercise
mscz|document||zip|application/x-musescore|mscz|MuseScore score
mxl|document||zip|application/vnd.recordare.musicxml|mxl|MusicXML score
twbx|spreadsheet||zip|application/x-tableau|twbx|Tableau workbook
kmz|data||zip|application/vnd.google-earth.kmz|kmz|compressed map data
chm|executable|x||application/vnd.ms-htmlhelp|chm chi|compiled HTML help
hlp|executable|x||application/winhlp|hlp|Windows help
"""
