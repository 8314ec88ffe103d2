// The pages of channels.
import "../core/copy.js";
import "./filter.js";
