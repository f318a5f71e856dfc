// What the page shows to the herd: its address, and the tokens that somebody typed in or that came with the page's address.

export class Session {
  /** The herd that served the page. */
  readonly url: string;
  /** For lines and reports, where the herd asks for one. */
  token: string | undefined;
  /** For what operators may do. */
  operatorToken: string | undefined;

  constructor(url: string) {
    this.url = url;
  }

  /** Asks the herd, as an operator if that is known. Rejects with the herd's own words if it does not do as asked. */
  async fetch(path: string, { method = "GET", isOperator = false } = {}): Promise<Response> {
    const token = (isOperator ? this.operatorToken : undefined) ?? this.token ?? signed(this.operatorToken);
    const headers: Record<string, string> = token === undefined ? {} : { Authorization: `Bearer ${token}` };
    const response = await fetch(new URL(path, this.url), { method, headers });
    if (response.ok) return response;
    throw new Refused(response.status, titleOf(await response.text()) ?? `HTTP ${response.status}`);
  }
}

/** The token if it is a signed one: the deployment's own OPERATOR_TOKEN opens no client's addresses. */
function signed(token: string | undefined): string | undefined {
  return token !== undefined && token.split(".").length === 3 ? token : undefined;
}

export class Refused extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }

  /** Whether a token would help. */
  get asksForToken(): boolean {
    return this.status === 401 || this.status === 403;
  }
}

function titleOf(text: string): string | undefined {
  try {
    const { title } = JSON.parse(text) as { readonly title?: unknown };
    return typeof title === "string" ? title : undefined;
  } catch {
    return undefined;
  }
}
