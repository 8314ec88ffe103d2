// The one list.
import "../core/parts.js";
import "./columns.js";
