// Makes the pages installable on a phone. It keeps nothing: what one sees is always what the hub has.
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
