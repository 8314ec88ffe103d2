"""`hub work`: receivers, the SMTP door, background jobs; sends its share and processes what is left behind."""

from __future__ import annotations

import asyncio
import logging

import uvloop

from connectors.contract import ChannelConfig, RawInput
from connectors.email.receive.smtp_door import SmtpDoor
from hub import collector
from hub.certificate import Certificate
from hub.problem import Problem
from hub.receivers.service import Receivers
from hub.rounds import run_worker
from hub.runtime import Runtime
from hub.serve import until_stopped
from hub.settings import Settings

log = logging.getLogger(__name__)

BIND_AGAIN_AFTER = 30.0
RENEWED_EVERY = 60.0


def main(settings: Settings) -> None:
    """Run until SIGTERM or SIGINT."""
    uvloop.run(_run(settings))


async def _run(settings: Settings) -> None:
    runtime = await Runtime.start(settings, application="hub work")
    receivers = Receivers(runtime)
    receivers.start()
    jobs = asyncio.create_task(run_worker(runtime), name="jobs")
    doors = [
        asyncio.create_task(_mail_door(runtime, settings.smtp_port, lmtp=False), name="smtp"),
        asyncio.create_task(_mail_door(runtime, settings.lmtp_port, lmtp=True), name="lmtp"),
    ]
    collector.settle()
    log.info("working")
    await until_stopped()
    await receivers.stop()
    for task in (*doors, jobs):
        task.cancel()
    await asyncio.gather(*doors, jobs, return_exceptions=True)
    await runtime.stop()


async def _mail_door(runtime: Runtime, port: int, *, lmtp: bool) -> None:
    """Hold a door for mail open; where another process of this machine has the port, take over when it goes."""
    if not port:
        return
    told = False
    certificate = await asyncio.to_thread(_certificate, runtime.settings)
    while True:
        door = SmtpDoor()
        try:
            await door.start(
                runtime.settings.host,
                port,
                route=lambda address: mail_channel(runtime, address),
                accept=lambda channel, raw: accept_mail(runtime, channel, raw),
                lmtp=lmtp,
                tls=certificate.context if certificate else None,
            )
        except OSError as error:
            if not told:
                log.warning("mail door is taken", extra={"port": port, "error": repr(error)})
            told = True
            await asyncio.sleep(BIND_AGAIN_AFTER)
            continue
        try:
            while True:
                await asyncio.sleep(RENEWED_EVERY)
                await asyncio.to_thread(_renew, certificate)
        finally:
            await door.stop()


def _certificate(settings: Settings) -> Certificate | None:
    """None where it cannot be used: a door without STARTTLS is better than no door."""
    try:
        return Certificate(settings)
    except (Problem, OSError) as error:
        log.warning("the mail doors have no certificate", extra={"error": str(error)})
        return None


def _renew(certificate: Certificate | None) -> None:
    """Take in a certificate that was replaced; one that cannot be used leaves the old one in place."""
    try:
        if certificate is not None and certificate.renewed():
            log.info("the certificate of the mail doors was replaced")
    except (Problem, OSError) as error:
        log.warning("the new certificate cannot be used", extra={"error": str(error)})


async def accept_mail(runtime: Runtime, channel: ChannelConfig, raw: RawInput) -> int:
    """Store a mail that came by a door; its journal id once it is committed."""
    live = await runtime.directory.get(channel.id)
    if live is None:
        raise ConnectionError("The channel was removed.")
    return await runtime.intake.accept(live, raw)


def mail_channel(runtime: Runtime, address: str) -> ChannelConfig | None:
    """The mail channel that receives at this address: its own address, any plus-address of it, or the only door there is."""
    doors = [
        live
        for live in runtime.directory
        if live.row.connector == "email"
        and live.config.settings.get("receive") == "smtp_door"
        and not live.row.is_paused
    ]
    local, _, domain = address.lower().rpartition("@")
    plain = f"{local.partition('+')[0]}@{domain}"
    for live in doors:
        if str(live.config.settings.get("address", "")).lower() == plain:
            return live.config
    by_slug = [live for live in doors if live.row.slug == local.partition("+")[0]]
    if by_slug:
        return by_slug[0].config
    return doors[0].config if len(doors) == 1 and domain in ("localhost", "localhost.localdomain") else None
