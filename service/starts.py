"""With what each workflow is started: at its beginning, and again in the middle, where the record says it stands."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from temporalio.common import WorkflowIDReusePolicy

from activities.open_rows import OpenRow
from activities.people import Calendar
from activities.visit import VisitStands
from bluepals.domain.calendar import SchoolCalendar
from bluepals.domain.cases import STEP
from bluepals.domain.program import Program
from bluepals.domain.silence import Rung, Silence
from bluepals.store.open_rows import Heard, Matching, OpenPairing, OpenYear, SoFar
from bluepals.store.replacements import OpenReplacement
from bluepals.store.status import Row
from workflows.api import assignment, new_officer, pairing, program_year, referral, visit_day
from workflows.search_attributes import ATTENTION, PROGRAM_YEAR, SCHOOL, STAGE

SEED = 1  # Decides among pairs that are equally good, unless somebody names another one.


def of_referral(program: str, case_id: UUID) -> OpenRow:
    """Without its school: who looks at the Web UI need not know where a harm is suspected."""
    return OpenRow(
        referral.WORKFLOW,
        referral.workflow_id(str(case_id)),
        referral.ReferralInput(program, str(case_id)),
        "stopwatch of a suspected harm",
        {STAGE.name: referral.Stage.STOPWATCH},
        look_again=STEP,
        reuse=WorkflowIDReusePolicy.ALLOW_DUPLICATE,  # All have attested, and somebody reads the letter later.
    )


def of_replacement(program: str, one: OpenReplacement) -> OpenRow:
    replacement_id = str(one.id)
    return OpenRow(
        new_officer.WORKFLOW,
        new_officer.workflow_id(replacement_id),
        new_officer.NewOfficerInput(program, replacement_id, str(one.pairing_id)),
        f"a new officer for a child at {one.school}",
        {
            SCHOOL.name: one.school,
            PROGRAM_YEAR.name: one.program_year,
            STAGE.name: new_officer.Stage.FAREWELL,
        },
    )


def of_year(program: str, one: OpenYear) -> OpenRow:
    """Pairs that were approved when nobody heard of it are begun."""
    state = program_year.ProgramYearState(pairs_waiting=one.is_open, opening_days_done=one.opening_days_done)
    return OpenRow(
        program_year.WORKFLOW,
        program_year.workflow_id(one.id),
        program_year.ProgramYearInput(program, one.id, one.school, state),
        f"the year of {one.school}",
        {SCHOOL.name: one.school, PROGRAM_YEAR.name: one.id},
    )


def of_matching(program: Program, stands: Matching, seed: int) -> OpenRow:
    """It proposes if nobody has yet, or if pairs that will not be were the last to be decided about."""
    state = assignment.AssignmentState(
        asked=stands.seed is None or (stands.undone and not stands.open_pairs),
        rejected=stands.undone,
        open_pairs=stands.open_pairs,
    )
    return OpenRow(
        assignment.WORKFLOW,
        assignment.workflow_id(program.id, program.first_year),
        assignment.AssignmentInput(program.id, _closes(program), seed, state),
        f"matching of {program.id}, {program.first_year}",
        {},
    )


def of_visit(program: str, one: OpenYear, stands: VisitStands) -> OpenRow:
    """Whoever answered in the meantime is looked at first."""
    plan = visit_day.Plan.of(stands.plan)
    return OpenRow(
        visit_day.WORKFLOW,
        visit_day.workflow_id(one.id),
        visit_day.VisitDayInput(program, one.id, stands.times, visit_day.VisitDayState(plan, heard=True)),
        f"{visit_day.WORKFLOW} at {one.school}",
        {SCHOOL.name: one.school, PROGRAM_YEAR.name: one.id, STAGE.name: visit_day.Stage.INVITATIONS},
    )


def of_new_pairing(program: Program, one: OpenPairing, so_far: SoFar) -> OpenRow:
    """Its two have still to be introduced, or it has ended and has to hear of something. What the last year has kept waits for them."""
    return _of_pairing(program, one, _having_heard(so_far))


def of_pairing(
    program: Program,
    one: OpenPairing,
    calendar: Calendar,
    so_far: SoFar,
    story: Sequence[Row],
    silent: Sequence[Silence] = (),
) -> OpenRow:
    """Letters that are approved and have not gone go now, or wait for their gate. `silent`: sides that write no longer."""
    reached = [_rungs(silence) for silence in silent]
    zone = SchoolCalendar.of(program).zone
    state = replace(
        _having_heard(so_far),
        calendar=calendar,
        rounds_done=so_far.rounds_done,
        last_round=so_far.last_round,
        settled=list(so_far.settled),
        calls={pairing.silence_of(rungs[-1].side): rungs[-1].line for rungs in reached if _calls(rungs)},
        rungs=[rung.line for rungs in reached for rung in rungs],
        story=[f"{moment['at'].astimezone(zone):%Y-%m-%d} {moment['what']}" for moment in story],
    )
    return _of_pairing(program, one, state)


def _rungs(silence: Silence) -> Sequence[pairing.RungReached]:
    """In the order in which they were reached."""
    reached = sorted(silence.reached.items(), key=lambda one: (one[1], list(Rung).index(one[0])))
    return [pairing.RungReached(silence.side, rung, day.isoformat()) for rung, day in reached]


def _calls(rungs: Sequence[pairing.RungReached]) -> bool:
    return bool(rungs) and rungs[-1].rung.needs_coordinator


def _having_heard(so_far: SoFar) -> pairing.PairingState:
    return pairing.PairingState(
        decided=[_fact(heard).key for heard in so_far.heard],
        approved=[_fact(heard) for heard in so_far.heard if heard.to_go],
    )


def _of_pairing(program: Program, one: OpenPairing, state: pairing.PairingState) -> OpenRow:
    newest = next(reversed(state.calls.values()), None)
    return OpenRow(
        pairing.WORKFLOW,
        pairing.workflow_id(str(one.id)),
        pairing.PairingInput(program.id, str(one.id), _closes(program), state=state),
        f"{pairing.WORKFLOW} at {one.school}",
        {
            SCHOOL.name: one.school,
            PROGRAM_YEAR.name: one.program_year,
            STAGE.name: state.stage,
            **({ATTENTION.name: newest} if newest else {}),
        },
    )


def _fact(heard: Heard) -> pairing.LetterDecided:
    return pairing.LetterDecided(heard.draft_id, heard.hash, heard.verdict, heard.round_number, heard.side)


def _closes(program: Program) -> str:
    return SchoolCalendar.of(program).instant(program.year.last_day, program.policy.due_hour).isoformat()
