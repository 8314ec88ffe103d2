// The pages of signing in and of the own profile.
import "../core/combobox.js";
import "./zone.js";
import "./profile.js";
