"""What a text file is by its name: the extensions that mean something where content is plain text.

Data only. Text shows its language to readers, not to parsers: the program that opens a file goes by the extension, so it decides here too.
"""

from __future__ import annotations

from typing import Final

#: What Windows, a shell or an interpreter runs or acts on, whatever the text looks like: id, extensions.
_RUN: Final = {
    "bat": "bat cmd", "ps1": "ps1 psm1 psd1 ps1xml psc1 psc2 pssc cdxml ps2 ps2xml msh msh1 msh2 mshxml msh1xml msh2xml", "js": "js mjs cjs jse",
    "vb": "vbs vb vba bas vbe", "wsf": "wsf ws", "wsh": "wsh", "sct": "sct wsc", "hta": "hta", "htc": "htc",
    "shell": "sh bash csh tcsh ksh zsh fish command tool", "python": "py pyw xsh", "perl": "pl pm plx", "ruby": "rb rbw",
    "php": "php phtml php3 php4 php5 php7 phar", "lua": "lua", "tcl": "tcl", "awk": "awk", "au3": "au3", "ahk": "ahk",
    "applescript": "applescript scpt", "reg": "reg", "inf": "inf", "url": "url website",
    "webloc": "webloc inetloc fileloc afploc ftploc mailloc newsloc vncloc atloc", "scf": "scf",
    "desktop": "desktop kdelnk", "library-ms": "library-ms", "search-ms": "search-ms searchconnector-ms", "settingcontent-ms": "settingcontent-ms",
    "theme": "theme themepack", "rdp": "rdp", "ica": "ica", "jnlp": "jnlp", "msc": "msc", "appref-ms": "appref-ms",
    "application": "application vsto xbap", "appinstaller": "appinstaller", "osd": "osd", "wsb": "wsb", "mobileconfig": "mobileconfig",
    "terminal": "terminal", "odc": "odc", "udl": "udl dsn", "remote": "vnc vv remmina nxs tsclient wcx rdg msrcincident",
    "vpn": "ovpn pcf pbk onc nmconnection",
    "source": "flatpakref flatpakrepo ymp", "profile": "ins isp prf", "setup": "diagcfg diagpkg webpnp", "com": "com", "iqy": "iqy oqy rqy dqy",
}  # fmt: skip

#: What only shows text, in one language or another: id, extensions.
_SHOW: Final = {
    "slk": "slk sylk", "dif": "dif", "csv": "csv tsv", "md": "md markdown", "yaml": "yaml yml", "toml": "toml", "ini": "ini cfg conf properties",
    "tex": "tex latex sty", "bib": "bib", "rst": "rst", "po": "po pot", "m3u": "m3u m3u8 pls ram b4s", "asx": "asx wax wvx wmx wpl zpl xspf smil qtl",
    "html": "html htm shtml xht", "css": "css", "scss": "scss sass less",
    "eml": "eml mime", "ics": "ics ifb vcs", "vcf": "vcf vcard", "diff": "diff patch", "srt": "srt", "vtt": "vtt", "json": "json geojson",
    "ndjson": "jsonl ndjson", "mht": "mht mhtml", "sql": "sql", "c": "c h", "cpp": "cpp cc cxx hpp hxx hh", "java": "java", "cs": "cs", "go": "go",
    "rust": "rs", "kotlin": "kt kts", "swift": "swift", "scala": "scala", "groovy": "groovy gradle", "typescript": "ts tsx", "jsx": "jsx",
    "vue": "vue", "coffee": "coffee", "r": "r", "julia": "jl", "matlab": "m", "pascal": "pas dpr", "fortran": "f90 f95 f77 for",
    "asm": "asm s", "haskell": "hs",
    "erlang": "erl", "elixir": "ex exs", "clojure": "clj", "lisp": "lisp el scm", "dart": "dart", "proto": "proto", "cobol": "cob cbl",
    "verilog": "v sv", "vhdl": "vhdl", "cmake": "cmake", "make": "mk mak", "ldif": "ldif", "ppk": "ppk",
}  # fmt: skip

#: What archives are called; images of disks and installers are not among them.
ARCHIVE_EXTENSIONS: Final = frozenset({
    "7z", "ace", "alz", "ar", "arc", "arj", "bz2", "cab", "cb7", "cbr", "cbz", "cpio", "egg", "gz", "lha", "lz", "lz4", "lzh", "lzma", "rar", "r00",
    "sit", "sitx", "tar", "taz", "tbz", "tbz2", "tgz", "tlz", "txz", "tzst", "xar", "xz", "z", "zip", "zipx", "zoo", "zst",
})  # fmt: skip

#: What a text file is by its effective extension.
KIND_OF: Final = {
    extension: kind for table in (_RUN, _SHOW) for kind, extensions in table.items() for extension in extensions.split()
}

#: Ids of what is run.
RUNS: Final = frozenset(_RUN)

#: Extensions of those.
RUN_EXTENSIONS: Final = frozenset(extension for extension, kind in KIND_OF.items() if kind in RUNS)

#: Extensions that say "text", whatever its charset.
TEXT_EXTENSIONS: Final = frozenset(KIND_OF) | {"txt", "text", "log", "asc", "me", "nfo"}
