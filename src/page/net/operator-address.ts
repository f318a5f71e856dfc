// The operator's token that comes with the page's address, as `npm start` prints it: http://localhost:8787/#operator=…
//
// What is behind the # is sent to nobody. It is taken out of the address at once, so that no history, bookmark or picture of the
// screen has it, and kept for this tab alone, so that the page can be loaded again. Keeps PG11.

const KEY = "operator";

/** The token of the address, or the one that this tab keeps; `undefined` if there is none. */
export function takeOperatorToken(): string | undefined {
  const token = new URLSearchParams(location.hash.slice(1)).get(KEY) ?? "";
  if (token === "") return kept();
  history.replaceState(null, "", location.pathname + location.search);
  try {
    sessionStorage.setItem(KEY, token);
  } catch {
    // A browser that keeps nothing: the token is gone when the page is loaded again.
  }
  return token;
}

/** Lets this tab keep it no longer: the herd did not take it. */
export function forgetOperatorToken(): void {
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // Nothing was kept.
  }
}

function kept(): string | undefined {
  try {
    return sessionStorage.getItem(KEY) ?? undefined;
  } catch {
    return undefined;
  }
}
