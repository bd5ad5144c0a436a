"""Trust: a list or a service vouches for signers, what cannot be answered is not evaluated, and only a list says what is qualified."""

from __future__ import annotations

import base64
import time

import pytest

from attachguard import Policy, Rules, Scanner
from attachguard.errors import OperatorError
from attachguard.hooks import Hooks, Validation
from attachguard.signing.trust import TrustList
from tests import HANG
from tests.pki import identity, sign
from tests.test_signatures import found, mail, only
from tests.test_xml_signatures import ENVELOPED, EXCLUSIVE, reference, signature


def trust(*who, date: str = "# date: 2026-11-01\n", folder) -> TrustList:
    file = folder / "trust.pem"
    file.write_bytes(date.encode() + b"".join(each.pem for each in who))
    return TrustList.load(file)


def test_trust_is_an_answer_of_its_own(tmp_path):
    authority = identity("rsa", 2, ca=True)
    signer = identity("p256", 3, by=authority)
    data = sign(b"Guten Tag", signer, attached=True)
    for listed, answer in ((authority, "pass"), (signer, "pass"), (identity("rsa", 1, ca=True), "fail")):
        scanner = Scanner(Policy.load("audit"), rules=Rules.empty(), trust=trust(listed, folder=tmp_path))
        report = scanner.scan(data, name="a.p7m")
        assert (only(report).integrity, only(report).trust) == ("pass", answer)
        assert "2026-11-01" in only(report).trust_cause
        assert ("signature-not-verified" in found(report)) == (answer == "fail")
        assert "signature-trust-not-evaluated" not in found(report)


def test_a_certificate_that_is_no_authority_vouches_for_nobody(tmp_path):
    plain = identity("rsa", 4)
    data = sign(b"Guten Tag", identity("p256", 5, by=plain), attached=True, beside=(plain,))
    scanner = Scanner(Policy.load("audit"), rules=Rules.empty(), trust=trust(plain, folder=tmp_path))
    assert only(scanner.scan(data, name="a.p7m")).trust == "fail"


def test_an_expired_certificate_and_a_broken_signature_are_not_trusted(tmp_path):
    expired = identity("rsa", 6, days=-1)
    scanner = Scanner(Policy.load("audit"), rules=Rules.empty(), trust=trust(expired, folder=tmp_path))
    assert only(scanner.scan(sign(b"Guten Tag", expired, attached=True), name="a.p7m")).trust == "not-evaluated"
    tampered = sign(b"Guten Tag", expired, attached=True, carry=b"Gute Nacht")
    assert only(scanner.scan(tampered, name="a.p7m")).trust == "not-evaluated"


def test_a_trust_list_has_a_date_and_certificates(tmp_path):
    with pytest.raises(OperatorError, match="when it was made"):
        trust(identity(), date="", folder=tmp_path)
    with pytest.raises(OperatorError, match="no certificate"):
        trust(folder=tmp_path)


# -- qualified ----------------------------------------------------------------------------------------------------------------

COMPLIANT, DEVICE, SEAL, WEB = (
    "0.4.0.1862.1.1",
    "0.4.0.1862.1.4",
    "0.4.0.1862.1.6:0.4.0.1862.1.6.2",
    "0.4.0.1862.1.6:0.4.0.1862.1.6.3",
)
QUALIFIED = (COMPLIANT, DEVICE, SEAL)


def listed(text: str, *who, folder) -> TrustList:
    return trust(*who, date=f"# date: 2026-11-01\n{text}", folder=folder)


def judged(signer, trusted, **options):
    scanner = Scanner(Policy.load("audit"), rules=Rules.empty(), trust=trusted, **options)
    report = scanner.scan(sign(b"Guten Tag", signer, attached=True), name="a.p7m")
    return only(report), found(report), report


@pytest.mark.parametrize(
    ("states", "answer", "cause"),
    [
        (QUALIFIED, "pass", "trust list of 2026-11-01"),
        ((COMPLIANT, DEVICE), "pass", "trust list of 2026-11-01"),
        ((), "fail", "does not say that it is qualified"),
        ((DEVICE, SEAL), "fail", "does not say that it is qualified"),
        ((COMPLIANT, SEAL), "fail", "key is in a qualified device"),
        ((COMPLIANT, DEVICE, WEB), "fail", "something other than signatures"),
    ],
)
def test_a_signature_is_qualified_by_list_and_by_certificate_together(tmp_path, states, answer, cause):
    authority = identity("rsa", 2, ca=True)
    signer = identity("p256", 7, by=authority, states=states)
    record, codes, report = judged(signer, listed("# service: CA/QC\n", authority, folder=tmp_path))
    assert (record.integrity, record.trust, record.qualified) == ("pass", "pass", answer)
    assert cause in record.qualified_cause
    assert ("signature-not-qualified" in codes) == (answer == "fail")
    assert ("signature-qualified", answer) in {(check.check, check.result) for check in report.checks}


def test_a_list_that_names_no_services_says_nothing_of_qualification(tmp_path):
    authority = identity("rsa", 2, ca=True)
    record, codes, _ = judged(identity("p256", 7, by=authority, states=QUALIFIED), trust(authority, folder=tmp_path))
    assert (record.trust, record.qualified) == ("pass", "not-evaluated")
    assert "signature-not-qualified" not in codes


def test_another_service_and_another_issuer_make_no_qualified_signature(tmp_path):
    authority, other = identity("rsa", 2, ca=True), identity("rsa", 1, ca=True)
    signer = identity("p256", 7, by=authority, states=QUALIFIED)
    record, codes, _ = judged(signer, listed("# service: CA/PKC\n", authority, folder=tmp_path))
    assert (record.trust, record.qualified) == ("pass", "fail")
    record, codes, _ = judged(signer, listed("# service: CA/QC\n", other, folder=tmp_path))
    assert (record.trust, record.qualified) == ("fail", "fail")
    assert {"signature-not-verified", "signature-not-qualified"} <= codes


def test_a_service_line_holds_for_what_stands_below_it(tmp_path):
    plain, granted = identity("rsa", 1, ca=True), identity("rsa", 2, ca=True)
    file = tmp_path / "list.pem"
    file.write_bytes(b"# date: 2026-11-01\n# service: CA/PKC\n" + plain.pem + b"# service: CA/QC\n" + granted.pem)
    for authority, answer in ((plain, "fail"), (granted, "pass")):
        signer = identity("p256", 7, by=authority, states=QUALIFIED)
        assert judged(signer, TrustList.load(file))[0].qualified == answer


# -- a European trusted list --------------------------------------------------------------------------------------------------

TYPE, STATUS = "http://uri.etsi.org/TrstSvc/Svctype/", "http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/"


def service(who, kind: str = "CA/QC", status: str = "granted", more: str = "") -> str:
    encoded = base64.b64encode(who.der).decode()
    return (
        f"<TSPService><ServiceInformation><ServiceTypeIdentifier>{TYPE}{kind}</ServiceTypeIdentifier>"
        f"<ServiceDigitalIdentity><DigitalId><X509Certificate>{encoded}</X509Certificate></DigitalId></ServiceDigitalIdentity>"
        f"<ServiceStatus>{STATUS}{status}</ServiceStatus>{more}</ServiceInformation></TSPService>"
    )


def european(folder, *services: str, until: str = "2099-01-01", signed: bool = True, change: str = "") -> TrustList:
    head = '<TrustServiceStatusList xmlns="http://uri.etsi.org/02231/v2#">'
    scheme = (
        "<SchemeInformation><ListIssueDateTime>2026-11-02T00:00:00Z</ListIssueDateTime>"
        f"<NextUpdate><dateTime>{until}T00:00:00Z</dateTime></NextUpdate></SchemeInformation>"
    )
    body = f"{scheme}<TrustServiceProviderList>{''.join(services)}</TrustServiceProviderList>"
    end = "</TrustServiceStatusList>"
    mark = signature(reference("", f"{head}{body}{end}".encode(), ENVELOPED, EXCLUSIVE)) if signed else ""
    text = f'<?xml version="1.0"?>{head}{body}{mark}{end}'
    file = folder / "list.xml"
    file.write_text(text.replace(change, "2026-11-03") if change else text)
    return TrustList.load(file)


def test_a_european_list_vouches_for_granted_services_only(tmp_path):
    authority, other = identity("rsa", 2, ca=True), identity("rsa", 1, ca=True)
    signer = identity("p256", 7, by=authority, states=QUALIFIED)
    for services, trusted, qualified in (
        ((service(authority), service(other)), "pass", "pass"),
        ((service(authority, "CA/PKC", "recognisedatnationallevel"),), "pass", "fail"),
        ((service(authority, status="withdrawn"), service(other)), "fail", "fail"),
    ):
        record, _, _ = judged(signer, european(tmp_path, *services))
        assert (record.trust, record.qualified) == (trusted, qualified)
        assert "2026-11-02" in record.trust_cause


def test_conditions_of_the_list_that_are_not_read_leave_the_answer_open(tmp_path):
    authority = identity("rsa", 2, ca=True)
    more = "<ServiceInformationExtensions><Extension><Qualifications></Qualifications></Extension></ServiceInformationExtensions>"
    record, codes, _ = judged(
        identity("p256", 7, by=authority, states=(COMPLIANT,)), european(tmp_path, service(authority, more=more))
    )
    assert (record.trust, record.qualified) == ("pass", "not-evaluated")
    assert "conditions of its own" in record.qualified_cause
    assert "signature-not-qualified" not in codes


def test_a_european_list_that_is_out_of_date_vouches_for_nobody(tmp_path):
    authority = identity("rsa", 2, ca=True)
    record, _, _ = judged(identity("p256", 3, by=authority), european(tmp_path, service(authority), until="2026-01-01"))
    assert (record.trust, record.trust_cause) == (
        "not-evaluated",
        "the trust list of 2026-11-02 was to be renewed by 2026-01-01",
    )


def test_a_european_list_that_was_changed_or_is_none_is_refused(tmp_path):
    one = service(identity("rsa", 2, ca=True))
    with pytest.raises(OperatorError, match=r"list\.xml: was changed after it was signed"):
        european(tmp_path, one, change="2026-11-02")
    with pytest.raises(OperatorError, match="no certificate"):
        european(tmp_path, service(identity("rsa", 2, ca=True), status="withdrawn"))
    (tmp_path / "other.xml").write_text("<html/>")
    with pytest.raises(OperatorError, match="no trusted list"):
        TrustList.load(tmp_path / "other.xml")
    (tmp_path / "other.xml").write_text("<html>")
    with pytest.raises(OperatorError, match="cannot be read"):
        TrustList.load(tmp_path / "other.xml")


# -- a validation service ---------------------------------------------------------------------------------------------------------


def asked(answer, data=None, **options):
    hooks = Hooks(signature_trust=answer, seconds=0.05)
    scanner = Scanner(Policy.load("audit"), rules=Rules.empty(), hooks=hooks, **options)
    return scanner.scan(data or sign(b"Guten Tag", identity(), attached=True, beside=(identity("p256"),)), name="a.p7m")


def test_a_service_is_shown_the_certificates_and_what_is_known():
    shown = []

    def service(certificate, beside, signature):
        shown.append((certificate, beside, signature.format, signature.integrity))
        return Validation("pass", qualified="pass", cause="validation service X")

    report = asked(service)
    record = only(report)
    assert (record.trust, record.trust_cause, record.qualified) == ("pass", "validation service X", "pass")
    assert shown == [(identity().der, (identity("p256").der,), "CMS-attached", "pass")]
    checks = {(check.check, check.result, check.cause) for check in report.checks}
    assert {
        ("signature-trust", "pass", "validation service X"),
        ("signature-qualified", "pass", "validation service X"),
    } <= checks


@pytest.mark.parametrize(
    ("trusted", "code"), [("fail", "signature-not-verified"), ("not-evaluated", "signature-trust-not-evaluated")]
)
def test_what_a_service_refuses_or_leaves_open_is_said(trusted, code):
    report = asked(lambda *_: Validation(trusted, qualified="fail", cause="revoked"))
    assert {code, "signature-not-qualified"} <= found(report)
    assert only(report).trust_cause == "revoked"


def refuses(*_):
    raise ConnectionError("refused")


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        (refuses, "ConnectionError: refused"),
        (lambda *_: time.sleep(HANG), "no answer within 0.05 s"),
        (lambda *_: True, "it gave bool, not a Validation or None"),
        (lambda *_: Validation("yes"), "an answer is one of pass, fail, not-evaluated"),
    ],
)
def test_a_service_that_fails_vouches_for_nobody(answer, cause, tmp_path):
    report = asked(answer, trust=trust(identity("rsa", ca=True), folder=tmp_path))
    record = only(report)
    assert (record.integrity, record.trust, record.qualified) == ("pass", "not-evaluated", "not-evaluated")
    assert record.trust_cause == f"the validation service gave no answer: {cause}"
    assert "signature-trust-not-evaluated" in found(report)


def test_a_service_that_fails_is_asked_once_in_a_message():
    calls = []

    def service(*_):
        calls.append(1)
        raise OSError

    signed = [sign(b"Guten Tag %d" % number, identity(), attached=True) for number in range(4)]
    report = asked(service, mail(*((f"{number}.p7m", data) for number, data in enumerate(signed))))
    assert len(report.signatures) == 4
    assert len(calls) == 1


def test_a_service_that_cannot_tell_leaves_the_answer_to_the_list(tmp_path):
    report = asked(lambda *_: None, trust=trust(identity(), folder=tmp_path))
    assert only(report).trust == "pass"
    assert only(asked(lambda *_: None)).trust_cause == "the validation service could not tell"


def test_a_service_is_not_asked_about_what_is_not_intact():
    calls = []
    data = sign(b"Guten Tag", identity(), attached=True, carry=b"Gute Nacht")
    report = asked(lambda *each: calls.append(each), data)
    assert (only(report).integrity, only(report).trust, calls) == ("fail", "not-evaluated", [])
