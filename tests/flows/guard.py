"""A browser's guard: hears whatever runs that should not, and answers for every host but the hub."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field

from playwright.async_api import BrowserContext, Frame, Page, Route

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)

TRAP = """Object.defineProperty(window, '__pwned', {set(v) { console.error('it ran: ' + v); }});
for (const name of ['alert', 'confirm', 'prompt']) window[name] = () => console.error('it ran: ' + name);"""

FOUND = """() => [...document.querySelectorAll('*')].filter((e) => e.localName === 'x-evil'
  || [...e.attributes].some((a) => a.name.startsWith('on')
    || (['href', 'src', 'action', 'formaction'].includes(a.name) && /^\\s*(javascript|vbscript|data:text)/i.test(a.value))))
  .map((e) => e.outerHTML.slice(0, 200))"""

SHOWN = "() => document.documentElement.outerHTML + [...document.querySelectorAll('input')].map((i) => i.value).join(' ')"


@dataclass  # Playwright keeps a mark of its own on the owner of a method
class Guard:
    """Hears what a browser does that it should not, and answers for every host but the hub."""

    hub: str
    problems: list[str] = field(default_factory=list)
    images: list[str] = field(default_factory=list)
    shows_images: bool = False

    async def over(self, context: BrowserContext) -> None:
        await context.add_init_script(TRAP)
        await context.route("**/*", self._route)
        context.on("page", self._page)

    def _page(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.problems.append(f"error: {error}"))
        page.on(
            "console", lambda said: said.type == "error" and self.problems.append(f"console: {said.text}")
        )
        page.on("framenavigated", self._navigated)
        page.on("popup", lambda opened: self.problems.append(f"opened {opened.url}"))

    def _navigated(self, frame: Frame) -> None:
        if not frame.url.startswith((self.hub, "about:blank", "about:srcdoc", "chrome-error:")):
            self.problems.append(f"went to {frame.url}")

    async def _route(self, route: Route) -> None:
        url, kind = route.request.url, route.request.resource_type
        if url.startswith(self.hub):
            await route.continue_()
        elif self.shows_images and kind == "image":
            self.images.append(url)
            await route.fulfill(body=PIXEL, content_type="image/png")
        else:
            self.problems.append(f"{kind} from {url}")
            await route.abort()

    async def look(self, page: Page) -> str:
        """Everything on the page and in its frames; nothing foreign may have become an element."""
        shown = ""
        for frame in page.frames:
            self.problems += [f"{frame.url}: {found}" for found in await frame.evaluate(FOUND)]
            shown += await frame.evaluate(SHOWN)
        return shown
