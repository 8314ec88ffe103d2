// The pages of the bot's rules.
import "../core/when.js";
import "../core/copy.js";
import "./editor.js";
import "./flow.js";
