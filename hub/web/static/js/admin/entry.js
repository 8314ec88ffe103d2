// The pages of users, routing and settings.
import "../core/combobox.js";
import "../core/copy.js";
