// The pages of leads and deals.
import "../core/when.js";
import "../core/parts.js";
