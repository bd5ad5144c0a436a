"""Text, markup and mail, for the table of file types."""

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
m3u|text||txt|audio/x-mpegurl|m3u m3u8 pls ram b4s|playlist
asx|text||xml|video/x-ms-asf-playlist|asx wax wvx wmx wpl zpl xspf smil qtl|playlist (XML)
shellini|text||ini|text/x-desktop-ini|ini|folder settings of Windows
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
xdp|document||xml|application/vnd.adobe.xdp+xml|xdp|XFA form (XDP)
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
"""
