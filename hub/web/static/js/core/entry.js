// What every page needs. Each module minds its own elements; what a room needs beyond it stands in the room's own entry.
import "./menus.js";
import "./notices.js";
import "./forms.js";
import "./guard.js";
import "./times.js";
import "./dialogs.js";
import "./shortcuts.js";
import "./unread.js";
import "./palette.js";
import "./undo.js";
import "./calls.js";
import "./player.js";
import "./live.js";

navigator.serviceWorker?.register("/sw.js").catch(() => {}); // without it the pages are only not installable
