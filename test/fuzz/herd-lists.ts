// What requests to a herd are put together from. A new address, header or method of the herd is a line here.
//
// `NAME` becomes a server's name or an odd one, `WORD` any word of the dictionary, `TOKEN` the herd's own peer token.

export const METHODS: readonly string[] = ["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "BREW", "get"];

export const ADDRESSES: readonly string[] = [
  "/herd",
  "/metrics",
  "/health",
  "/nearest",
  "/servers/NAME",
  "/servers/NAME/log",
  "/servers/NAME/reports",
  "/servers/NAME/peer",
  "/servers/NAME/down",
  "/servers/",
  "/servers/NAME/",
  "/servers//NAME",
  "//servers/NAME",
  "/servers/../herd",
  "/servers/NAME/../../herd",
  "/servers/%2e%2e%2fherd",
  "/servers/%00",
  "/servers/%ff%fe",
  "/servers/%E0%A4%A",
  "/servers/%",
  "/servers/\u0410lford",
  "/servers/WORD",
  "/feed?version=1&name=Parker&epoch=e&run=r",
  "/client",
  "/WORD",
  "/",
  "http://elsewhere.example/servers/NAME",
  `/${"x".repeat(8000)}`,
];

export const NAMES: readonly string[] = [
  "Alford",
  "Bolden",
  "Hamilton",
  "Parker",
  "Powell",
  "alford",
  "Alford%20",
  "WORD",
];

export const QUERIES: readonly string[] = [
  "",
  "",
  "?unknown=reject",
  "?unknown=ignore",
  "?unknown=",
  "?unknown=WORD",
  "?unknown=reject&unknown=WORD",
  "?reasons=yes",
  "?reasons=WORD",
  "?unknown=ignore&reasons=yes",
  "?near=%2B34-118",
  "?after=WORD&count=3",
  "?count=WORD",
  "?near=WORD",
  "?__proto__=1&constructor=WORD",
  "?%",
  "?%ff=%00",
  `?${"a=b&".repeat(500)}`,
];

export const HOSTS: readonly string[] = ["localhost", "localhost", "127.0.0.1:1", "elsewhere.example", "[::1]"];

/** Hellos of a peer. */
export const HELLOS: readonly string[] = [
  "?version=1&name=Parker&epoch=fuzz&run=r1",
  "?version=1&name=Parker&epoch=fuzz&run=r1&knowsGot=true",
  "?version=1&name=Alford&epoch=fuzz2&run=r2&knowsGot=false",
  "?version=1&name=Powell&epoch=fuzz&run=r1&knowsGot=1",
  "?version=2&name=Parker&epoch=fuzz&run=r1",
  "?version=1e308&name=Parker&epoch=fuzz&run=r1",
  "?version=&name=Parker&epoch=fuzz&run=r1",
  "?version=1&name=&epoch=fuzz&run=r1",
  "?version=1&name=WORD&epoch=fuzz&run=r1",
  "?version=1&name=Parker&epoch=a%20b&run=r1",
  "?version=1&name=Parker&epoch=fuzz&run=%0A",
  "?version=1&name=Parker&epoch=fuzz&run=r1&knowsGot=WORD",
  `?version=1&name=Parker&epoch=${"e".repeat(6000)}&run=r1`,
  "?version=1",
  "",
];

export const HEADERS: readonly string[] = [
  "Upgrade: websocket",
  "Upgrade: WebSocket, h2c",
  "Upgrade: WORD",
  "Connection: Upgrade",
  "Connection: close",
  "Connection: WORD",
  "Sec-WebSocket-Version: 13",
  "Sec-WebSocket-Version: 0",
  "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
  "Sec-WebSocket-Key: WORD",
  "Sec-WebSocket-Protocol: WORD",
  "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits=8",
  "Sec-WebSocket-Extensions: WORD",
  "Authorization: Bearer TOKEN",
  "Authorization: Bearer WORD",
  "Authorization: Bearer ",
  "Authorization: Basic Og==",
  "Authorization: WORD",
  "Origin: https://elsewhere.example",
  "Origin: null",
  "Origin: WORD",
  "Cookie: WORD",
  "X-Forwarded-For: 127.0.0.1, WORD",
  "CF-Connecting-IP: WORD",
  "Access-Control-Request-Method: POST",
  "Content-Type: application/json",
  "Content-Type: text/plain; charset=utf-16",
  "Content-Encoding: gzip",
  "Accept: WORD",
  "Accept-Encoding: gzip, br, WORD",
  "Expect: 100-continue",
  "Range: bytes=0-",
  "If-None-Match: *",
  `X-Long: ${"x".repeat(7000)}`,
  "X-Empty:",
  "__proto__: WORD",
];

/** How a body's length is told: rightly, and otherwise. */
export const FRAMINGS = ["right", "right", "right", "too long", "too short", "chunked", "bad chunks", "none"] as const;
