// What brought the visitor here: the first page, its referrer and campaign, and the last pages seen. Addresses lose their
// fragment and every parameter but the campaign's, so that nothing secret leaves the site.
const CAMPAIGN = /^(utm_\w+|gclid|fbclid)$/;
function plainAddress(text) {
  try {
    const url = new URL(text);
    if (!/^https?:$/.test(url.protocol)) return "";
    const query = new URLSearchParams([...url.searchParams].filter(([name]) => CAMPAIGN.test(name)));
    return url.origin + url.pathname + (query.size ? `?${query}` : "");
  } catch {
    return "";
  }
}
function touched() {
  const here = plainAddress(location.href);
  let past = null;
  try { past = JSON.parse(kept.get("touch")); } catch { past = null; }
  const utm = Object.fromEntries([...new URLSearchParams(location.search)].filter(([name]) => CAMPAIGN.test(name)));
  const own = plainAddress(document.referrer).startsWith(location.origin);
  past = past && Array.isArray(past.visits) ? past : { landing_page: here, referrer: own ? "" : plainAddress(document.referrer), utm, visits: [] };
  if (Object.keys(utm).length && !Object.keys(past.utm || {}).length) past.utm = utm;
  const last = past.visits[past.visits.length - 1];
  if (!last || last[1] !== here) past.visits = [...past.visits, [new Date().toISOString(), here, document.title.slice(0, 200)]].slice(-20);
  kept.set("touch", JSON.stringify(past));
  return { ...past, page: here };
}
