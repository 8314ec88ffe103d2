// The pages of what came in and goes out.
import "../core/copy.js";
import "../core/when.js";
import "./chosen.js";
