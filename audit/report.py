"""What an audit comes to: what was checked, how often, and what was found. Ids only, never a name."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """`rule`: what it is about, in a few words; `subject`: the id of the thing; `sentence`: for whoever looks into it."""

    rule: str
    subject: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Check:
    """`claim`: what was to be proved of each thing; `on_record`: departures that the rules allow because they are recorded."""

    name: str
    claim: str
    checked: int
    violations: tuple[Finding, ...]
    on_record: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class AuditReport:
    """`histories_gone`: workflows, or single runs of them, whose histories the server no longer has."""

    program: str
    checks: tuple[Check, ...]
    histories: int
    histories_gone: tuple[str, ...]
    payloads: int

    @property
    def clean(self) -> bool:
        return not any(check.violations for check in self.checks)

    def check(self, name: str) -> Check:
        """Raises LookupError when there is no check of this name."""
        for check in self.checks:
            if check.name == name:
                return check
        raise LookupError(f"There is no check {name!r}: {', '.join(check.name for check in self.checks)}.")

    def violations_of(self, name: str) -> int:
        """How many things break this check's rules; a thing that breaks two of them counts once."""
        return len({violation.subject for violation in self.check(name).violations})
