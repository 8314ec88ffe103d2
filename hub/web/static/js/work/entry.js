// The pages of tasks and absences.
import "../core/when.js";
import "../core/parts.js";
