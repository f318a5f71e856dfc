// The token in a request's Authorization header.

/** The token after `Bearer`, if the request has one. */
export function bearerOf(request: Request): string | undefined {
  return /^Bearer (.+)$/i.exec(request.headers.get("Authorization") ?? "")?.[1];
}
