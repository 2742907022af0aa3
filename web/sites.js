/** The sample sites as the server lists them, `{site, name, forms, market, markets, theme}`; none where it has none. */
export async function sites() {
  const response = await fetch("/_local/sites");
  return response.ok ? (await response.json()).sites : [];
}
