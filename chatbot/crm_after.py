"""What the house has of a contact once the bot has acted: for conversations that are played, not led."""

from __future__ import annotations

from dataclasses import replace

from chatbot.model import (
    AddTag,
    CallWebhook,
    Close,
    CreateTask,
    Crm,
    Decision,
    HandOver,
    KeepWaiting,
    MoveDeal,
    MoveLead,
    Say,
    SetField,
    StaySilent,
    Wait,
)


def crm_after(crm: Crm, decision: Decision) -> Crm:
    """What the house has of the contact once these effects are carried out."""
    for effect in decision.effects:
        match effect:
            case AddTag():
                crm = replace(crm, tags=crm.tags | {effect.tag})
            case MoveDeal():
                crm = replace(crm, stage=effect.stage, has_lead=False, deal={**crm.deal, **effect.fields})
            case MoveLead():
                crm = replace(crm, has_lead=effect.state == "open" and not crm.stage)
            case Say() | SetField() | CreateTask() | HandOver() | Close():
                pass
            case StaySilent() | KeepWaiting() | CallWebhook() | Wait():
                pass
    return crm
