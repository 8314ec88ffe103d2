// The time zone of this browser goes along with the first sign-in.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
for (const field of document.querySelectorAll("[data-zone]:is(input)")) field.value = zone;
