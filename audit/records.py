"""What the database alone can prove: approvals, genders, mails, opening days."""

import email.policy
from collections import Counter
from collections.abc import Iterator, Sequence
from email.message import EmailMessage
from email.parser import BytesHeaderParser

from audit.report import Check, Finding
from bluepals.store.audit import AuditedDelivery, AuditedMail, AuditedOpening, AuditedPairing

MOST_BODIES = 2  # An unknown outcome allows one more attempt, then it is a person's.

_heads = BytesHeaderParser(EmailMessage, policy=email.policy.SMTP)


def approval(delivery: AuditedDelivery) -> Iterator[Finding]:
    """What is wrong with the approval that this delivery rests on."""
    about = f"Delivery {delivery.id} of draft {delivery.draft_id}"

    def found(rule: str, what: str) -> Finding:
        return Finding(rule, str(delivery.id), f"{about} {what}.")

    if delivery.approved_at is None:
        yield found("not approved", "went out without an approval")
    else:
        if delivery.approved_hash != delivery.hash:
            yield found("other content approved", "carries another hash than the one that was approved")
        if delivery.approved_by_uploader:
            yield found("approved by its uploader", "was approved by the one who handed it in")
        if delivery.approved_at > delivery.released_at:
            yield found("approved after delivery", "was approved only after it had gone out")
    if delivery.draft_hash is None:
        yield found("no such draft", "carries a draft that is not on record")
    elif delivery.bytes_hash not in (None, delivery.hash) or delivery.draft_hash != delivery.hash:
        yield found("content changed", "carries other bytes than its hash was made of")
    introduced = delivery.introduced_at is not None and delivery.introduced_at <= delivery.released_at
    if not introduced and not delivery.between_officers:
        yield found(
            "before the introduction", f"went out before pairing {delivery.pairing_id} was introduced"
        )


def same_gender(pairings: Sequence[AuditedPairing]) -> Check:
    violations, exceptions = [], []
    for pairing in pairings:
        genders = {pairing.gender, pairing.student_gender, pairing.officer_gender}
        if len(genders) == 1:
            continue
        if pairing.has_reason and {pairing.gender, pairing.officer_gender} == {pairing.pal_gender}:
            sentence = f"Pairing {pairing.id} is an exception that a coordinator has decided, with a reason."
            exceptions.append(Finding("exception", str(pairing.id), sentence))
        else:
            sentence = f"Pairing {pairing.id} is not of one gender, and no exception covers it."
            violations.append(Finding("two genders", str(pairing.id), sentence))
    return Check(
        "same gender",
        "each pairing is of one gender, or is an exception with its reason on record",
        len(pairings),
        tuple(violations),
        tuple(exceptions),
    )


def mailed_once(mails: Sequence[AuditedMail]) -> Check:
    ids, keys = Counter(mail.message_id for mail in mails), Counter(mail.key for mail in mails)
    violations = [finding for mail in mails for finding in _mail_faults(mail, ids, keys)]
    return Check(
        "mailed once",
        "each mail went once to its one address, or is on record as unknown",
        len(mails),
        tuple(violations),
        tuple(finding for mail in mails for finding in _unknown_mail(mail)),
    )


def _mail_faults(mail: AuditedMail, ids: Counter[str], keys: Counter[str]) -> Iterator[Finding]:
    def found(rule: str, what: str) -> Finding:
        return Finding(rule, str(mail.id), f"Mail {mail.id} {what}.")

    if mail.head is not None:
        head = _heads.parsebytes(mail.head)
        if _recipients(head) != [mail.to_address]:
            yield found("another address", "is addressed to someone else than its row says")
        if str(head["Message-ID"]) != mail.message_id or ids[mail.message_id] > 1:
            yield found("Message-ID", "does not have a Message-ID of its own")
    if keys[mail.key] > 1:
        yield found("sent twice", "tells the same person of the same thing as another mail")
    if not mail.intact:
        yield found("content changed", "holds other bytes than its hash was made of")
    if mail.state == "sent" and mail.bodies_started == 0:
        yield found("sent without record", "is marked as sent, and its body never went out on record")
    if mail.bodies_started > MOST_BODIES:
        yield found("sent too often", f"went out {mail.bodies_started} times")


def _recipients(head: EmailMessage) -> list[str]:
    """Everybody whom the message names as a receiver."""
    headers = [header for name in ("To", "Cc", "Bcc") for header in head.get_all(name, [])]
    return [address.addr_spec for header in headers for address in header.addresses]


def _unknown_mail(mail: AuditedMail) -> Iterator[Finding]:
    if mail.bodies_started == MOST_BODIES:
        sentence = f"Mail {mail.id} ({mail.state}) went out a second time after an unknown outcome."
        yield Finding("possible duplicate", str(mail.id), sentence)
    elif mail.state == "unknown":
        sentence = f"Mail {mail.id} may have arrived: the server never answered."
        yield Finding("unknown", str(mail.id), sentence)


def letter_for_each_opening_day(openings: Sequence[AuditedOpening]) -> Check:
    violations, called = [], []
    for opening in openings:
        if opening.has_letter:
            continue
        about = f"Pairing {opening.pairing_id} had no letter for opening day {opening.round_number}"
        subject = f"{opening.pairing_id}/{opening.round_number}"
        if opening.called:
            called.append(Finding("a person was called", subject, f"{about}; a person was called for one."))
        else:
            violations.append(Finding("empty-handed", subject, f"{about}, and nobody was called for one."))
    return Check(
        "a letter for each opening day",
        "each closed pairing had a letter for each of its opening days, or a person was called for one",
        len(openings),
        tuple(violations),
        tuple(called),
    )
