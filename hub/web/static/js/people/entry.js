// The pages of contacts and companies.
import "../core/when.js";
import "../core/parts.js";
