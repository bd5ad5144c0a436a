"""Judging: which rule holds, what the verdict is, when it is final, and the floor that no file can lower."""

from __future__ import annotations

import random

import pytest

from attachguard.codes import CODES, OWN_FAILURES
from attachguard.errors import PolicyError
from attachguard.limits import MIB, Budget, Limits
from attachguard.model import Action, Envelope, Finding, Notify, PolicyName, Scope
from attachguard.part import Part
from attachguard.policy import Policy
from attachguard.types.filetypes import filetype

HEAD = '[policy]\nid = "t"\nversion = "1"\n'


@pytest.fixture
def load(tmp_path):
    """A policy from the text of its rules."""

    def run(text: str, head: str = HEAD) -> Policy:
        path = tmp_path / "t.toml"
        path.write_text(head + text)
        return Policy.load(path)

    return run


def part(
    kind: str = "pdf", name: str = "a.pdf", *, role: str = "attachment", parent: Part | None = None, size: int = 3
) -> Part:
    made = Part(name, b"", role=role, budget=Budget(Limits()), parent=parent)
    made.types = [filetype(kind)]
    made.fill(b"abc")
    made.size = size
    return made


def judge(
    policy: Policy,
    code: str,
    detail: str = "",
    *,
    kind: str = "",
    about: Part | None = None,
    envelope: Envelope | None = None,
    score=None,
) -> Finding:
    return policy.judge(
        Finding(code, part="p", detail=detail, source="s", score=score, offset=7, kind=kind),
        about or part(),
        envelope or Envelope(),
    )


def test_a_policy_knows_its_name_and_limits(load):
    policy = load('[resources]\ntotal-size = "64 MiB"\nparts = 100\nseconds = 5\n')
    assert policy.name == PolicyName("t", "1")
    assert (policy.limits.total_bytes, policy.limits.parts, policy.limits.seconds) == (64 * MIB, 100, 5)
    assert policy.limits.depth == Limits().depth


def test_judging_keeps_the_fact_and_adds_what_follows(load):
    policy = load(
        '[[rule]]\ncode = "macro-content"\naction = "reject"\nnotify = "recipient"\ncite = "3a"\norigin = "text"\nbecause = "No macros."\n'
    )
    found = judge(policy, "macro-content", "VBA: x")
    assert found == Finding(
        "macro-content",
        "p",
        Action.REJECT,
        Scope.MESSAGE,
        Notify.RECIPIENT,
        "VBA: x",
        "s",
        cite="3a",
        origin="text",
        offset=7,
        rule="t.toml:4",
    )


def test_a_code_without_a_rule_takes_the_default(load):
    assert judge(load(""), "signature-present").action is Action.FLAG
    assert judge(load('[default]\naction = "quarantine"\n'), "signature-present").action is Action.QUARANTINE


@pytest.mark.parametrize(
    ("condition", "yes", "no"),
    [
        ('types = ["pdf"]', {}, {"about": part("docx")}),
        ('groups = ["document"]', {}, {"about": part("png")}),
        ('roles = ["attachment"]', {}, {"about": part(role="body")}),
        ('channels = ["vps"]', {"envelope": Envelope(channel="vps")}, {"envelope": Envelope(channel="smtp")}),
        ('kind = ["pdf-javascript", "dde-link"]', {"kind": "pdf-javascript"}, {"kind": "pdf-launch"}),
        ('kind = "active-content"', {"kind": ""}, {"kind": "pdf-launch"}),
        (
            "min-depth = 1",
            {"about": part(parent=part("zip"), role="member")},
            {"about": part(parent=part("eml", role="message"))},
        ),
        ("min-score = 50", {"score": 50}, {"score": 49}),
        ("min-score = 50", {"score": 99}, {"score": None}),
        ("max-score = 50", {"score": 50}, {"score": 51}),
    ],
)
def test_a_rule_holds_only_under_its_condition(load, condition, yes, no):
    policy = load(f'[[rule]]\ncode = "active-content"\n{condition}\naction = "reject"\n')
    assert judge(policy, "active-content", **yes).action is Action.REJECT
    assert judge(policy, "active-content", **no).action is Action.FLAG


def test_a_rule_can_ask_for_the_state_of_encryption(load):
    policy = load('[[rule]]\ncode = "smime-encrypted"\nencryption = "key-elsewhere"\naction = "defer"\n')
    held, elsewhere = part("pkcs7"), part("pkcs7")
    held.encryption, elsewhere.encryption = "key-held", "key-elsewhere"
    assert judge(policy, "smime-encrypted", about=held).action is Action.FLAG
    assert judge(policy, "smime-encrypted", about=elsewhere).action is Action.DEFER


def test_the_rule_with_more_conditions_holds_wherever_it_stands(load):
    special = '[[rule]]\ncode = "active-content"\ntypes = "pdf"\nkind = "pdf-javascript"\naction = "deliver"\n'
    middle = '[[rule]]\ncode = "active-content"\ntypes = "pdf"\naction = "quarantine"\n'
    plain = '[[rule]]\ncode = "active-content"\naction = "reject"\n'
    for text in (special + middle + plain, plain + middle + special):
        policy = load(text)
        assert judge(policy, "active-content", kind="pdf-javascript").action is Action.DELIVER
        assert judge(policy, "active-content", kind="pdf-launch").action is Action.QUARANTINE
        assert judge(policy, "active-content", about=part("docx")).action is Action.REJECT


def test_of_two_equally_special_rules_the_stronger_holds(load):
    policy = load(
        '[[rule]]\ncode = "active-content"\ntypes = "pdf"\naction = "flag"\n[[rule]]\ncode = "active-content"\nroles = "attachment"\naction = "reject"\n'
    )
    assert judge(policy, "active-content").action is Action.REJECT


def test_own_rules_come_before_included_ones_however_special_those_are(load, tmp_path):
    (tmp_path / "base.toml").write_text(
        '[policy]\nid = "base"\nversion = "1"\n'
        '[[rule]]\ncode = "active-content"\ntypes = "pdf"\naction = "flag"\n[[rule]]\ncode = "macro-content"\naction = "reject"\n'
    )
    policy = load('[[rule]]\ncode = "active-content"\naction = "discard"\n', HEAD + 'include = ["base.toml"]\n')
    assert judge(policy, "active-content").action is Action.DISCARD
    assert judge(policy, "macro-content").action is Action.REJECT


# -- the verdict ------------------------------------------------------------------------------------------------------------


def finding(code: str, action: str, notify: str = "none", scope: str = "message") -> Finding:
    return Finding(code, action=Action(action), scope=Scope(scope), notify=Notify(notify))


AUDIT = Policy.load("audit")


def test_nothing_found_is_delivered_without_reasons():
    verdict = AUDIT.verdict([], Envelope())
    assert (verdict.action, verdict.notify, verdict.reasons, verdict.smtp) == (Action.DELIVER, Notify.NONE, (), None)
    assert AUDIT.verdict([finding("spam-not-evaluated", "deliver")], Envelope()).reasons == ()


def test_the_strongest_action_wins_and_its_codes_are_the_reasons_once_in_a_fixed_order():
    found = [
        finding("type-mismatch", "flag"), finding("macro-content", "reject"), finding("type-not-allowed", "withhold"),
        finding("executable-content", "reject"), finding("macro-content", "reject"),
    ]  # fmt: skip
    verdict = AUDIT.verdict(found, Envelope())
    assert (verdict.action, verdict.reasons) == (Action.REJECT, ("executable-content", "macro-content"))
    assert AUDIT.verdict(found[::-1], Envelope()) == verdict


def test_a_verdict_is_about_the_message_as_soon_as_one_leading_reason_is():
    parts = [finding("a", "quarantine", scope="attachment")]
    assert AUDIT.verdict(parts, Envelope()).scope is Scope.ATTACHMENT
    assert AUDIT.verdict([*parts, finding("b", "quarantine")], Envelope()).scope is Scope.MESSAGE


@pytest.mark.parametrize(
    ("notices", "valid", "told"),
    [
        (["sender", "none"], None, "none"),
        (["sender"], None, "sender"),
        (["sender-if-valid"], None, "sender-if-valid"),
        (["sender", "sender-if-valid"], None, "sender-if-valid"),
        (["sender", "recipient"], None, "both"),
        (["sender-if-valid", "recipient"], None, "recipient"),
        (["sender-if-valid", "recipient"], False, "recipient"),
        (["sender-if-valid", "recipient"], True, "both"),
        (["recipient", "recipient"], None, "recipient"),
    ],
)
def test_who_is_told_when_reasons_meet(notices, valid, told):
    found = [finding("spam", "reject", notice) for notice in notices]
    assert AUDIT.verdict(found, Envelope(sender_valid=valid)).notify is Notify(told)


def test_a_silent_reason_of_less_strength_silences_the_notice_and_a_mere_flag_does_not():
    told = finding("spam", "reject", "sender")
    assert AUDIT.verdict([told, finding("b", "withhold")], Envelope()).notify is Notify.NONE
    assert AUDIT.verdict([told, finding("b", "flag")], Envelope()).notify is Notify.SENDER
    assert AUDIT.verdict([told, finding("b", "defer")], Envelope()).notify is Notify.SENDER


@pytest.mark.parametrize(
    ("codes", "action", "start"),
    [
        (["executable-content"], "reject", "550 5.7.1 "),
        (["executable-content", "message-too-large"], "reject", "552 5.3.4 "),
        (["scan-incomplete"], "defer", "451 4.7.1 "),
        (["spam"], "discard", None),
        (["spam"], "quarantine", None),
    ],
)
def test_the_reply_in_the_session(codes, action, start):
    reply = AUDIT.verdict([finding(code, action) for code in codes], Envelope()).smtp
    assert (reply is None) if start is None else reply.startswith(start)


def test_the_reply_is_one_sentence_of_ascii_for_every_code_and_names_no_signature():
    for code in sorted(CODES):
        secret = Finding(code, action=Action.REJECT, detail="Win.Trojan.Secret-1", part="secret.exe")
        reply = AUDIT.verdict([secret], Envelope()).smtp
        assert reply.isascii()
        assert "\n" not in reply
        assert "ecret" not in reply


def test_a_policy_gives_its_own_sentence(load):
    policy = load('[[rule]]\ncode = "archive-content"\naction = "reject"\nreply = "No zips, please"\n')
    assert policy.verdict([judge(policy, "archive-content")], Envelope()).smtp == "550 5.7.1 No zips, please"


# -- early verdicts -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["strict", "kaiserslautern", "leverkusen"])
def test_an_early_verdict_is_the_final_one_whatever_follows(name):
    policy = Policy.load(name)
    dice = random.Random(7)
    codes = sorted(CODES)
    parts = [part(role=role) for role in ("attachment", "body", "member", "embedded")] + [
        part("pgp", "a.asc"),
        part("uue", "a.uue"),
    ]
    finals = 0
    for _ in range(400):
        envelope = Envelope(sender_valid=dice.choice([None, True, False]))
        found: list[Finding] = []
        early = None
        for _ in range(12):
            found.append(
                judge(
                    policy,
                    dice.choice(codes),
                    about=dice.choice(parts),
                    envelope=envelope,
                    score=dice.choice([None, 10, 90]),
                )
            )
            if early is None and policy.is_final(found[-1]):
                early = policy.verdict(found, envelope)
                finals += 1
        if early is not None:
            late = policy.verdict(found, envelope)
            assert (early.action, early.scope, early.notify) == (late.action, late.scope, late.notify)
    assert finals > 50


def test_a_city_refuses_a_program_before_the_rest_of_the_mail_has_come():
    for name in ("strict", "kaiserslautern", "leverkusen"):
        policy = Policy.load(name)
        assert policy.is_final(judge(policy, "executable-content", about=part("pe", "a.exe")))


def test_a_notice_that_a_later_silent_reason_could_take_back_is_not_final(load):
    refuse = '[[rule]]\ncode = "spam"\naction = "reject"\nnotify = "sender"\n'
    silent = '[[rule]]\ncode = "macro-content"\naction = "withhold"\n'
    assert load(refuse).is_final(judge(load(refuse), "spam"))
    policy = load(refuse + silent)
    assert not policy.is_final(judge(policy, "spam"))


def test_nothing_is_final_where_the_mail_is_kept_or_delivered_anyhow(load):
    policy = load('[[rule]]\ncode = "spam"\naction = "quarantine"\n')
    assert not policy.is_final(judge(policy, "spam"))
    assert not AUDIT.is_final(judge(AUDIT, "executable-content"))


# -- the floor ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("default", ["deliver", "flag", "withhold", "reject"])
@pytest.mark.parametrize("code", sorted(OWN_FAILURES))
def test_the_scanners_own_failures_defer_even_where_the_policy_is_silent(load, code, default):
    policy = load(f'[default]\naction = "{default}"\n')
    found = judge(policy, code)
    assert (found.action, found.scope) == (Action.DEFER, Scope.MESSAGE)


@pytest.mark.parametrize("code", sorted(OWN_FAILURES))
@pytest.mark.parametrize("action", ["deliver", "flag", "withhold", "reject", "discard"])
def test_no_file_can_make_the_scanners_own_failure_clean_or_the_senders_fault(load, code, action):
    with pytest.raises(PolicyError) as caught:
        load(f'[[rule]]\ncode = "{code}"\naction = "{action}"\n')
    assert caught.value.line == 6


def test_a_policy_in_report_mode_lets_even_those_through():
    assert all(judge(AUDIT, code).action is Action.FLAG for code in OWN_FAILURES)


# -- facts that only a policy makes ---------------------------------------------------------------------------------------------


def message_codes(
    policy: Policy, size: int = 1, parts: list[Part] | None = None, envelope: Envelope | None = None
) -> list[str]:
    root = part("eml", "", role="message", size=size)
    mine = [part(parent=root, size=each.size or 0) for each in parts or []]
    return [found.code for _, found in policy.message_findings(size, [root, *mine], envelope or Envelope())]


def test_counts_equal_pass_and_one_more_does_not(load):
    policy = load('[[bound]]\non = "attachments"\nmax = 2\n[[bound]]\non = "recipients"\nmax = 1\n')
    assert message_codes(policy, parts=[part()] * 2, envelope=Envelope(recipients=("a",))) == []
    assert message_codes(policy, parts=[part()] * 3) == ["too-many-attachments"]
    assert message_codes(policy, envelope=Envelope(recipients=("a", "b"))) == ["too-many-recipients"]


def test_attachments_of_a_forwarded_mail_are_not_attachments_of_this_one(load):
    policy = load('[[bound]]\non = "attachments"\nmax = 1\n')
    root = part("eml", "", role="message")
    forwarded = part("eml", "fwd.eml", parent=root)
    inside = [part(parent=forwarded), part(parent=forwarded)]
    assert list(policy.message_findings(1, [root, forwarded, *inside], Envelope())) == []


def test_a_decoded_size_is_the_sum_of_bodies_and_attachments(load):
    policy = load('[[bound]]\non = "message-size"\nmax = "1 kB"\nbasis = "decoded"\n')
    assert message_codes(policy, size=9000, parts=[part(size=500), part(size=500)]) == []
    assert message_codes(policy, size=9000, parts=[part(size=500), part(size=501)]) == ["message-too-large"]


def test_an_attachment_may_be_too_large_by_itself(load):
    policy = load('[[bound]]\non = "attachment-size"\nmax = "1 KiB"\n')
    assert message_codes(policy, parts=[part(size=1025)]) == ["attachment-too-large"]
    assert message_codes(policy, parts=[part(size=1024)]) == []
    member = part(size=5000, role="member")
    assert list(policy.message_findings(1, [member], Envelope())) == []


def test_the_wire_limit_is_known_before_the_mail_has_come():
    city = Policy.load("kaiserslautern")
    assert city.max_message_size(Envelope()) == 25 * MIB
    assert city.max_message_size(Envelope(channel="vps")) == 30 * MIB
    assert AUDIT.max_message_size(Envelope()) is None


def test_a_single_file_is_only_asked_whether_it_could_come_by_mail():
    city = Policy.load("kaiserslautern")
    assert [found.code for _, found in city.message_findings(1, [part()], Envelope(spam=True))] == []
    assert [found.code for _, found in city.message_findings(26 * MIB, [part()], Envelope())] == ["message-too-large"]


def test_types_groups_and_suffixes_can_be_blocked(load):
    policy = load('[types]\nblock = ["iso"]\nblock-groups = ["audio"]\nblock-suffixes = [".XLL"]\n')
    for kind, name in (("iso", "a.iso"), ("mp3", "a.mp3"), ("pe", "a.xll")):
        assert [found.code for found in policy.part_findings(part(kind, name))] == ["type-blocked"]
    assert list(policy.part_findings(part("pdf", "a.pdf"))) == []
    assert list(policy.part_findings(part("mp3", "a.mp3", role="body"))) == []


def test_names_can_be_bounded_and_characters_refused(load):
    policy = load("[names]\nmax-length = 10\nforbidden = '[^A-Za-z0-9_.-]'\n")
    assert list(policy.part_findings(part(name="a" * 6 + ".pdf"))) == []
    assert [found.code for found in policy.part_findings(part(name="a" * 7 + ".pdf"))] == ["filename-too-long"]
    assert [(found.code, found.detail) for found in policy.part_findings(part(name="a b.pdf"))] == [
        ("filename-invalid-character", "name: U+0020 may not stand in a name")
    ]


def test_an_unread_file_is_judged_by_its_name(load):
    policy = load('[types]\naccept = ["pdf"]\n')
    unread = part(name="a.exe")
    unread.types, unread.size = [], None
    assert [found.code for found in policy.part_findings(unread)] == ["type-not-allowed"]
    unread.name = "a.pdf"
    assert list(policy.part_findings(unread)) == []


def test_an_attackers_suffix_is_cut_and_printable_in_the_detail(load):
    policy = load('[types]\naccept = ["pdf"]\n')
    for name in ("a." + "x" * 200, "a.\x1b[31m", "a.p\u202edf"):
        for found in policy.part_findings(part(name=name)):
            assert found.detail.isprintable()
            assert len(found.detail) < 80
