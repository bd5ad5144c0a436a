"""Where addresses lead, and what a reference to them can do."""

from __future__ import annotations

import pytest

from attachguard.readers.hosts import is_own
from attachguard.readers.references import USES, kind_of, read

NETWORK_PATHS = [
    r"\\203.0.113.5\s\a.png",
    "//203.0.113.5/s/a.png",
    r"\/files.example.org\s\a",
    r"/\files.example.org/s/a",
    r"\\\\files.example.org\s\a",
    "file://files.example.org/s/a",
    "file:////files.example.org/s/a",
    "file://///files.example.org/s/a",
    r"file:///\\files.example.org\s\a",
    r"file:\\files.example.org\s\a",
    r"FILE:\\\\files.example.org\s\a",
    "file://files%2Eexample%2Eorg/s/a",
    "file:%2F%2Ffiles.example.org/s",
    r"\\?\UNC\files.example.org\s\a",
    r"\??\UNC\files.example.org\s\a",
    r"\\.\UNC\files.example.org\s\a",
    r"\\?\GLOBALROOT\Device\Mup\files.example.org\s",
    r"\\;LanmanRedirector\;Z:0\files.example.org\s",
    r"\\files.example.org@SSL\DavWWWRoot\a",
    r"\\files.example.org@8080\a",
    r"\\files.example.org@SSL@443\a",
    "smb://files.example.org/s",
    "webdavs://files.example.org/s",
    r' "\\files.example.org\s\a"',
    r"URL:\\files.example.org\s\a",
    r"ms-photos:viewer?fileName=\\files.example.org\s\a.png",
    r"ms-word:ofe|u|\\files.example.org\s\a.docx",
    "fi\tle://files.example.org/s",
    r"\\3405803781\s\a",
]

LOCAL = [
    "",
    "a.png",
    "../a.png",
    r"C:\Users\x\a.png",
    "C:/Users/x",
    "file:///C:/Users/x/a.png",
    "file://C:/Users/x/a.png",
    r"file:///C:\Users\x",
    "file:///C|/Users",
    "file:///home/x/a.png",
    "file:/home/x/a.png",
    "/Users/felix/a.xlam",
    r"\Vorlagen\a.dotx",
    r"\\?\C:\Users\x",
    r"\\.\pipe\x",
    r"\\localhost\s\a",
    "file://localhost/C:/x",
    "#anchor",
    "www.example.org/a",
    "\\",
    "\\\\",
]

OWN = [
    "fileserver01",
    "fileserver01.",
    "nas.local",
    "nas.LAN",
    "srv.verwaltung.intern",
    "x.home.arpa",
    "x.internal",
    "10.1.2.3",
    "192.168.178.1",
    "172.31.0.9",
    "169.254.1.1",
    "100.64.3.2",
    "127.0.0.1",
    "0x7f.1",
    "2130706433",
    "[fd00::1]",
    "fe80--1s4.ipv6-literal.net",
    "[::1]",
    "[::ffff:192.168.0.1]",
]

PUBLIC = [
    "example.org",
    "203.0.113.5",
    "172.32.0.1",
    "192.167.0.1",
    "100.128.0.1",
    "3405803781",
    "0xCB007105",
    "8.8",
    "example\u3002org",
    "local.example.org",
    "intern.de",
    "arpa.example",
    "[2001:db8::1]",
    "2001-db8--1.ipv6-literal.net",
    "[::ffff:203.0.113.5]",
    "999.999.999.999",
]


@pytest.mark.parametrize("address", NETWORK_PATHS)
def test_every_spelling_of_a_network_path_is_one(address):
    assert read(address).form == "network-path"
    assert not read(address).own


@pytest.mark.parametrize("address", LOCAL)
def test_paths_of_this_computer_are_local(address):
    assert read(address).form == "local"


@pytest.mark.parametrize("host", OWN)
def test_hosts_of_the_own_network_cannot_be_reached_from_outside(host):
    assert is_own(host)


@pytest.mark.parametrize("host", PUBLIC)
def test_other_hosts_can(host):
    assert not is_own(host)


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://user:word@files.example.org:8443/a?b", "files.example.org"),
        ("https://intranet@files.example.org/a", "files.example.org"),
        ("http:\\\\files.example.org\\a", "files.example.org"),
        ("http://[2001:db8::1]:80/", "[2001:db8::1]"),
        ("https://files%2eexample%2eorg/", "files.example.org"),
        ("URL:http://files.example.org/x", "files.example.org"),
        ("ms-excel:ofv|u|https://files.example.org/x", "files.example.org"),
    ],
)
def test_the_host_of_an_address_of_the_web(address, host):
    assert read(address) == ("web", host, read(address).scheme)


def test_in_a_page_two_slashes_are_the_web():
    assert read("//cdn.example.org/a.js", page=True).form == "web"
    assert read("//cdn.example.org/a.js").form == "network-path"
    assert read(r"\\cdn.example.org\a.js", page=True).form == "network-path"


@pytest.mark.parametrize(
    ("use", "address", "kind"),
    [
        ("template", "https://files.example.org/a.dotm", "attached-template"),
        ("template", r"\\203.0.113.5\s\a.dotm", "attached-template"),
        ("template", r"file:///\\fileserver01\Vorlagen\Bescheid.dotx", "own-network-reference"),
        ("template", r"C:\Vorlagen\Bescheid.dotx", ""),
        ("object", "script:https://files.example.com/x.sct", "protocol-moniker"),
        ("object", "mhtml:https://files.example.com/x.html!x-usc:https://files.example.com/x.html", "protocol-moniker"),
        ("object", "https://files.example.com/x.doc", "ole-link-remote"),
        ("object", "file:///C:/x.doc", "ole-link"),
        ("frame", "https://example.org/x.docx", "remote-code"),
        ("picture", "https://example.org/x.png", "linked-picture"),
        ("picture", r"\\203.0.113.5\s\a.png", "network-path"),
        ("picture", r"\\nas\s\a.png", "own-network-reference"),
        ("picture", "a.png", ""),
        ("workbook", "https://example.org/x.xlsx", "fetched-content"),
        ("workbook", "file:///\\\\203.0.113.5\\s\\x.xlsx", "network-path"),
        ("workbook", "x.xlsx", "fetched-content"),
        ("reminder", r"\\203.0.113.5\s\a.wav", "network-path"),
        ("reminder", r"C:\Windows\Media\a.wav", ""),
        ("link", "https://example.org/", ""),
        ("link", "HTTPS://example.org/", ""),
        ("link", "mailto:a@example.org", ""),
        ("link", "ms-msdt:/id PCWDiagnostic", "protocol-link"),
        ("link", "file://203.0.113.5/s/a!b", "network-path-link"),
        ("link", r"\\nas\s\a.png", ""),
        ("link", "search-ms:query=x&crumb=location:\\\\203.0.113.5\\s", "protocol-link"),
        ("link", "ms-word:ofe|u|https://intranet.example.org/a.docx", ""),
        ("attachment", "https://example.org/a.docx", "attachment-by-reference"),
        ("attachment", r"\\203.0.113.5\s\a.docx", "network-path-link"),
        ("attachment", r"\\nas\s\a.docx", "own-network-reference"),
        ("form", "https://example.org/", ""),
    ],
)
def test_use_and_address_together_make_the_kind(use, address, kind):
    assert kind_of(USES[use], address) == kind


def test_long_addresses_are_read_in_part_and_quickly():
    assert read("\\" * 1_000_000).form == "local"
    assert read("file:" + "/" * 1_000_000 + "x").form == "local"
    assert read(" " * 1_000_000 + r"\\example.org\s").form == "local"
