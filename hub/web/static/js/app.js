// What every page needs. Each module minds its own elements.
import "./menus.js";
import "./notices.js";
import "./forms.js";
import "./when.js";
import "./zone.js";
import "./guard.js";
import "./times.js";
import "./dialogs.js";
import "./profile.js";
import "./shortcuts.js";
import "./unread.js";
import "./palette.js";
import "./undo.js";
import "./calls.js";
import "./player.js";
import "./live.js";

if (document.querySelector('[data-page="inbox"]')) import("./inbox.js");
if (document.querySelector("select[data-search]")) import("./combobox.js");
navigator.serviceWorker?.register("/sw.js").catch(() => {}); // without it the pages are only not installable
