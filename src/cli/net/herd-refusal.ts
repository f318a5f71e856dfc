// What a herd answers over HTTP when it refuses, as the error with which a command ends. Keeps HC16, HC18, HC20, HC21 and HC51.

import * as z from "zod";
import { CommandFailure, EXIT } from "../terminal/failure.ts";
import { printable } from "../terminal/print.ts";
import { PROGRAM, START } from "../terminal/program-name.ts";
import { unknownServer } from "./unknown-server.ts";

/** What is shown of an answer that is no problem of a herd's. */
const WORDS_MAX = 200;

export interface HerdRequest {
  readonly method?: "GET" | "POST";
  readonly token?: string | undefined;
  /** Whose token the address asks for. */
  readonly by?: "operator" | "client";
  /** What the error says cannot be done, such as `drain Alford`. */
  readonly attempt?: string;
  readonly signal?: AbortSignal | undefined;
}

export interface HerdAnswer {
  readonly status: number;
  readonly text: string;
  /** When the herd wants to be asked again; `undefined` if it does not say. */
  readonly retryAfterSeconds: number | undefined;
}

/** The error for an answer over HTTP that refuses. `name`: the server's, if the address has one. */
export function refusalFailure(
  origin: string,
  { status, text }: Pick<HerdAnswer, "status" | "text">,
  { attempt = "use the herd", token = "", by = "client" }: HerdRequest,
  name?: string,
): CommandFailure {
  const { title: said } = problemOf(text);
  // What is no problem of a herd's is no herd.
  if (said === undefined && [404, 405, 501].includes(status))
    return notReachable(origin, "what answers there is not a herd.");
  const { servers, addresses: [elsewhere] = [], title = text.trim().slice(0, WORDS_MAX) } = problemOf(text);
  if (status === 404 && servers !== undefined && name !== undefined) return unknownServer(attempt, name, servers);
  if (status === 401) return new CommandFailure(EXIT.refused, `Cannot ${attempt}: ${tokenAdvice(token, by, title)}`);
  const advice = status === 421 && elsewhere !== undefined ? `: give --url ${elsewhere}` : "";
  const reason = printable(title === "" ? `HTTP ${status}` : `${title} (HTTP ${status})`);
  return new CommandFailure(EXIT.refused, `Cannot ${attempt}: ${reason}${advice}`);
}

/** The title of a problem; `undefined` if the text is none. */
export function titleOf(text: string): string | undefined {
  return problemOf(text).title;
}

/** Whether an answer refuses lines as the server is out of service: it names the address where others are found. */
export function isOutOfService({ status, text }: HerdAnswer): boolean {
  return status === 503 && problemOf(text).addresses?.includes("/nearest") === true;
}

/** Nothing answers at that address, or something that is not a herd. */
export function notReachable(url: string, what = "is it running?"): CommandFailure {
  return new CommandFailure(
    EXIT.notReachable,
    `Cannot reach the herd at ${new URL(url).origin}: ${what} \`${START}\` runs one here; --url or HERD_URL names another address.`,
  );
}

/** What to do about a token that is missing or wrong. */
export function tokenAdvice(token: string | undefined, by: "operator" | "client", title = ""): string {
  const isShown = token !== undefined && token !== "";
  if (by === "operator")
    return `the herd ${isShown ? "does not take this token" : "asks for the operators' token"}: set OPERATOR_TOKEN, or give --token, to the value in the herd's own secrets`;
  const told = title === "" || !isShown ? "" : ` (${title})`;
  return `the herd ${isShown ? `does not take this token${told}` : "asks for a token"}: set HERD_TOKEN, or give --token; \`${PROGRAM} token --help\` says how to make one`;
}

const names = z.array(z.string()).optional();

const problemSchema = z.object({ title: z.string().optional(), servers: names, addresses: names });

function problemOf(text: string): z.infer<typeof problemSchema> {
  try {
    return problemSchema.parse(JSON.parse(text));
  } catch {
    return {};
  }
}
