// The one list.
import "../core/parts.js";
import "./columns.js";
import "./builder.js";
import "./search.js";
import "./select.js";
