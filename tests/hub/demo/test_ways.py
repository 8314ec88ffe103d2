"""The customers' ways over the small servers: what they write arrives, what we answer is understood."""

from __future__ import annotations

import asyncio
import io
import struct
import wave
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import aiohttp
import aiosmtplib
import pytest
from aiohttp import web

from hub.demo.customers import Heard, Move, Persona
from hub.demo.people import PEOPLE
from hub.demo.servers.mail import MailServers
from hub.demo.servers.pbx import Pbx, Ringing
from hub.demo.servers.telegram import TelegramServer
from hub.demo.servers.tones import picture, recording
from hub.demo.way_mail import MailWay
from hub.demo.way_telegram import TelegramWay

BY_KEY = {persona.key: persona for persona in PEOPLE}


class Ears:
    def __init__(self) -> None:
        self.heard: list[tuple[str, Heard]] = []

    def __call__(self, persona: Persona, heard: Heard) -> None:
        self.heard.append((persona.key, heard))


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not true():
            await asyncio.sleep(0.01)


async def test_telegram_customers_write_hear_and_press() -> None:
    ears = Ears()
    async with TelegramServer() as server, aiohttp.ClientSession() as http:
        bot = server.add_bot("77:t", first_id=1_800_000_000)
        way = TelegramWay(bot, PEOPLE, hears=ears)
        sokha, anna = BY_KEY["sokha"], BY_KEY["anna"]
        api = f"{server.base_url}/bot77:t"

        async def call(method: str, **params: Any) -> Any:
            async with http.post(f"{api}/{method}", json=params) as response:
                return (await response.json())["result"]

        inline = {"inline_keyboard": [[{"text": "Person", "callback_data": "human"}]]}
        await call(
            "sendMessage", chat_id=sokha.telegram, text="first words after a restart", reply_markup=inline
        )
        await until(lambda: len(ears.heard) == 1)
        assert ears.heard[0] == ("sokha", Heard(text="first words after a restart", buttons=("Person",)))
        await way.make(sokha, Move(kind="press", text="Person"))
        typed = {"keyboard": [[{"text": "Send phone", "request_contact": True}, {"text": "No"}]]}
        await call("sendMessage", chat_id=sokha.telegram, text="Phone?", reply_markup=typed)
        await until(lambda: len(ears.heard) == 2)
        assert ears.heard[1][1] == Heard(text="Phone?", buttons=("No",), asks_contact=True)
        await way.make(sokha, Move(kind="contact", text=sokha.phone))
        await way.open(anna, "Есть такой?")
        updates = await call("getUpdates", timeout=1)
        assert updates[0]["update_id"] > 1_800_000_000
        assert updates[0]["callback_query"]["data"] == "human"
        assert updates[1]["message"]["contact"] == {
            "phone_number": sokha.phone,
            "first_name": sokha.name,
            "user_id": sokha.telegram,
        }
        photo = updates[2]["message"]["photo"][0]
        path = (await call("getFile", file_id=photo["file_id"]))["file_path"]
        async with http.get(f"{server.base_url}/file/bot77:t/{path}") as response:
            assert (await response.read()).startswith(b"\x89PNG")
        await way.stop()


async def test_mail_customers_thread_and_quote() -> None:
    ears = Ears()
    way = MailWay(PEOPLE, address="shop@demo.example", hears=ears)
    servers = MailServers(user="shop", password="p", take=way.take, knows=way.knows)
    way.servers = servers
    async with servers:
        david = BY_KEY["david"]
        await way.open(david, david.story[0])
        reply = EmailMessage()
        reply["From"], reply["To"], reply["Subject"] = "shop@demo.example", david.email, "Re: Quote"
        reply["Message-ID"], reply["References"] = "<answer@hub>", "<first@x>"
        reply.set_content("It costs 2,400.\n> you asked")
        await aiosmtplib.send(
            reply,
            hostname=servers.smtp.host,
            port=servers.smtp.port,
            username="shop",
            password="p",
            start_tls=False,
        )
        assert ears.heard == [("david", Heard(text="It costs 2,400."))]
        await way.make(david, Move(kind="say", text="I take it"))
        written = [message_from_bytes(mail.raw, policy=policy.default) for mail in servers.imap.inbox.mails]
    first, away, second = written
    assert isinstance(second, EmailMessage)
    assert first["To"] == "shop@demo.example"
    assert away["Auto-Submitted"] == "auto-replied"
    assert second["Auto-Submitted"] is None
    assert second["In-Reply-To"] == "<answer@hub>"
    assert second["References"].split() == ["<first@x>", "<answer@hub>"]
    body = second.get_body()
    assert body is not None
    assert "I take it" in body.get_content()
    assert "> It costs 2,400." in body.get_content()
    assert not way.knows("stranger@x.y")


class Door:
    """Takes the exchange's steps; refuses the first `refuses`."""

    def __init__(self, refuses: int) -> None:
        self.refuses = refuses
        self.steps: list[dict[str, str]] = []

    async def take(self, request: web.Request) -> web.Response:
        if self.refuses:
            self.refuses -= 1
            return web.Response(status=503)
        self.steps.append({name: str(value) for name, value in (await request.post()).items()})
        return web.Response()


@pytest.mark.parametrize("talk", [0, 30])
async def test_a_call_from_ring_to_recording(talk: int) -> None:
    door = Door(refuses=2)
    app = web.Application()
    app.router.add_post("/in/phone", door.take)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/in/phone"
    async with Pbx(door=url, pace=0.01) as pbx, aiohttp.ClientSession() as http:
        await pbx.call(Ringing(caller="+85512345601", number="+85523900100", user="101", talk=talk))
        events = [step["event"] for step in door.steps]
        assert events == (["ringing", "answered", "ended"] if talk else ["ringing", "ended"])
        assert len({step["call_id"] for step in door.steps}) == 1
        last = door.steps[-1]
        assert (last["outcome"], last["duration"]) == (("answered", "30") if talk else ("missed", "0"))
        if talk:
            async with http.get(last["recording_url"]) as response:
                sound = await response.read()
                assert response.content_type == "audio/wav"
            async with http.get(last["recording_url"], headers={"Range": "bytes=4-7"}) as response:
                assert (response.status, await response.read()) == (206, sound[4:8])
            with wave.open(io.BytesIO(sound)) as wav:
                assert wav.getnframes() == 20 * wav.getframerate()
            async with http.get(f"{pbx.base_url}/recordings/none.wav") as response:
                assert response.status == 404
    await runner.cleanup()


def test_generated_files_are_what_they_claim() -> None:
    image = picture(width=40, height=30)
    assert struct.unpack(">II", image[16:24]) == (40, 30)
    assert len(set(recording(0.5))) > 20
