"""Decide what the bot does with one turn: total, pure, at most one answer, and silence rather than a wrong one."""

from __future__ import annotations

from chatbot.buttons import ButtonRule
from chatbot.conditions import Moment, why_matches
from chatbot.dates import date_in
from chatbot.model import EVENTS, BotState, Decision, StaySilent, Turn
from chatbot.passing import goes_on, happened, waits_on
from chatbot.rules import Rule, RuleSet
from chatbot.run import Run
from chatbot.speech import matter, typed_choice
from chatbot.stepping import go
from chatbot.steps.ask import AskStep
from chatbot.steps.say import SayStep
from chatbot.steps.wait import WaitStep
from chatbot.steps.webhook import WebhookStep
from chatbot.validators import MAX_SAVED, VALIDATORS, is_attempt
from chatbot.words import Heard

LOOSE = ("text", "name")
PASSING = (*EVENTS, "answer", "later")


def decide(rules: RuleSet, state: BotState, turn: Turn) -> Decision:
    """What happens with this turn. Never raises, whatever the rules (that were read), the state and the turn."""
    flow = rules.by_id.get(state.flow)
    place = flow.places.get(state.step) if flow else None
    waiting = flow.steps[place][1] if flow and place is not None else None
    choice = turn.choice or typed_choice(turn.text, _offered(waiting) or _asked_back(rules, state))
    saved = dict(state.vars)
    moment = Moment(rules=rules, turn=turn, heard=Heard.of(turn.text), choice=choice, saved=saved)
    run = Run(rules=rules, turn=turn, moment=moment, saved=saved, calls=list(state.calls))
    if turn.kind in PASSING:
        run.alone = max(state.alone, 0) + 1
        return happened(run, state, waiting)
    if isinstance(waiting, AskStep) and flow and place is not None:
        _answer(run, moment, flow=flow, place=place, tries=max(state.tries, 0))
    elif isinstance(waiting, WebhookStep | WaitStep):
        return _meanwhile(run, moment, state, waiting)
    elif not _listen(run, moment):
        return _silent(run)
    return run.decision()


def _silent(run: Run) -> Decision:
    return Decision(
        effects=(StaySilent(reason="no rule speaks to this"),),
        state=BotState(vars=run.saved),
        why=("no rule matches",),
    )


def _meanwhile(run: Run, moment: Moment, state: BotState, waiting: WebhookStep | WaitStep) -> Decision:
    """The person writes while a rule waits for something else."""
    if isinstance(waiting, WaitStep):
        if waiting.if_writes == "go_on":
            run.why.append("the person wrote before the wait was over")
            return goes_on(run, state)
        run.calls = []
        if not _listen(run, moment):
            return _silent(run)
        if waiting.if_writes == "keep":
            run.resume(state)
        return run.decision()
    if _listen(run, moment, only_interrupting=True) or _listen(run, moment, only_content=True):
        run.resume(state)
        return run.decision()
    return waits_on(run, state, "the answer of a service is on its way")


def _offered(waiting: object) -> tuple[ButtonRule, ...]:
    """The buttons in force, in the order of their numbers."""
    if isinstance(waiting, AskStep):
        return waiting.options + waiting.buttons
    return waiting.buttons if isinstance(waiting, SayStep) else ()


def _asked_back(rules: RuleSet, state: BotState) -> tuple[ButtonRule, ...]:
    """The buttons of a question back that is open."""
    return tuple(matter(rule) for id_ in state.offered if (rule := rules.by_id.get(id_)))


def _answer(run: Run, moment: Moment, *, flow: Rule, place: int, tries: int) -> None:
    """An open question: its answer, something that interrupts, another matter, or one more try.

    Where nearly any words would do as an answer (a text, a name), what interrupts is heard first.
    """
    name, step = flow.steps[place]
    assert isinstance(step, AskStep)
    if step.what in LOOSE and _listen(run, moment, only_interrupting=True):
        return
    value = _answered(step, moment)
    if value is not None:
        if run.turn.known.get(step.save) != value:
            run.learn(step.save, value)
        run.why.append(f"the answer to {flow.id}.{name}")
        run.speak(step.accepted)
        go(run, flow, place + 1)
        return
    if _listen(run, moment, only_interrupting=True):
        return
    run.open_question = (step.save, tries + 1)
    calls = list(run.calls)
    if _listen(run, moment, only_content=True, exclude=flow.id):
        if run.is_over or run.waits_at:
            return
    else:
        run.why.append(f"no answer to {flow.id}.{name}")
        run.is_retry = True
        if not is_attempt(step.what, moment.turn.text):
            run.is_elsewhere = True
    run.calls = calls
    go(run, flow, place)


def _answered(step: AskStep, moment: Moment) -> str | None:
    known = moment.turn.known.get(step.save)
    if known and not step.again:
        return known
    if step.what == "file":
        return ", ".join(moment.turn.files)[:MAX_SAVED] or None
    if step.what == "date":
        return date_in(moment.turn.text, moment.turn.now)
    if moment.choice:
        return moment.choice if any(option.value == moment.choice for option in step.options) else None
    return VALIDATORS[step.what](moment.turn.text, moment.turn.region)


def _listen(
    run: Run,
    moment: Moment,
    *,
    only_interrupting: bool = False,
    only_content: bool = False,
    exclude: str = "",
) -> bool:
    """Run the rule that a pressed button leads to, else the first rule that matches; whether there was one.

    `exclude` is the rule that is asking: a clumsy answer must not begin it anew.
    """
    target = moment.rules.by_id.get(moment.rules.targets.get(moment.choice, ""))
    if target and (target.interrupts or not only_interrupting):
        run.why.append(f"button '{moment.choice}' leads to rule {target.id}")
        run.calls = []
        go(run, target, 0)
        return True
    close = () if only_interrupting or only_content else _close(moment)
    for rule in moment.candidates:
        if rule in close:
            run.why.append(_between(moment))
            run.ask_back(close)
            return True
        if only_interrupting and not rule.interrupts:
            continue
        if rule.id == exclude:
            continue
        if only_content and not (rule.when and rule.when.is_about_content):
            continue
        reason = why_matches(rule, moment)
        if reason is not None:
            run.why.append(reason)
            run.calls = []
            go(run, rule, 0)
            return True
    return False


def _close(moment: Moment) -> tuple[Rule, ...]:
    """Two rules that the words fit about as well, if both can be named to the person."""
    rules = [moment.rules.by_id[scored.rule] for scored in moment.meant.close]
    return tuple(rules) if all(rule.about for rule in rules) else ()


def _between(moment: Moment) -> str:
    told = " or ".join(f"rule {scored.rule} ({scored.score:.2f})" for scored in moment.meant.close)
    return f"may mean {told}: asks which"
