/** The sample sites: from the server, else this list. Shape: {site, name, forms, market, markets, theme}. */

const MARKETS = ["DE", "FR", "CH", "GB", "US", "US-CA", "CA", "CA-QC", "JP", "SA"];
const FORMS = ["hcp-webinar", "hcp-information-request"];
const SITES = [
  ["demo", "Example Pharma", "ask", MARKETS],
  ["demo-de", "Example Pharma Germany", "DE", ["DE"]],
  ["demo-fr", "Example Pharma France", "FR", ["FR"]],
  ["demo-ch", "Example Pharma Switzerland", "CH", ["CH"]],
  ["demo-gb", "Example Pharma United Kingdom", "GB", ["GB"]],
  ["demo-us", "Example Pharma United States", "ask", ["US", "US-CA"]],
  ["demo-ca", "Example Pharma Canada", "ask", ["CA", "CA-QC"]],
  ["demo-jp", "Example Pharma Japan", "JP", ["JP"]],
  ["demo-sa", "Example Pharma Saudi Arabia", "SA", ["SA"]],
].map(([site, name, market, markets]) => ({ site, name, market, markets, forms: FORMS }));

/** All sample sites. */
export async function sites() {
  try {
    const response = await fetch("/_local/sites");
    if (response.ok) return (await response.json()).sites;
  } catch {
    // The list below serves as well.
  }
  return SITES;
}
