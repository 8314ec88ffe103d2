// The pages of calls.
import "../core/parts.js";
