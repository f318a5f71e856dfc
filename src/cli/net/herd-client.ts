// The client library as commands use it: with the errors of the command line, and a timeout for a person who waits.
//
// The herd's address and the server's name are checked first, because they are the most likely mistakes. Keeps HC16, HC18 and HC20.

import { connect, HerdError, type Herd } from "../../client/index.ts";
import type { ClockPolicy } from "../../core/protocol/connection.ts";
import { degreesOf } from "../../core/protocol/location.ts";
import { askHerd, fetchNearest } from "./herd-http.ts";
import { isOutOfService, notReachable, refusalFailure, tokenAdvice } from "./herd-refusal.ts";
import { CommandFailure, EXIT, type ExitCode } from "../terminal/failure.ts";
import { PROGRAM } from "../terminal/program-name.ts";

export interface HerdClientOptions {
  readonly url: string;
  readonly server?: string;
  readonly near?: string;
  readonly token?: string;
  readonly clock?: ClockPolicy;
}

/** How long a command waits for its answer, over all connections that it needs. */
const TIMEOUT_SECONDS = 20;

/** Connects, and closes the connection when `use` is done. */
export async function withHerd<Result>(
  options: HerdClientOptions,
  attempt: string,
  use: (herd: Herd) => Promise<Result>,
): Promise<Result> {
  const herd = await openHerd(options, attempt);
  try {
    return await use(herd);
  } catch (error) {
    throw asFailure(error, options);
  } finally {
    await herd.close();
  }
}

async function openHerd(options: HerdClientOptions, attempt: string): Promise<Herd> {
  await checkHerd(options, attempt);
  return connect({ ...addressOf(options), settings: { timeoutSeconds: TIMEOUT_SECONDS } });
}

/** A server that starts again wants to be asked once more after this. The client library does that. */
const STARTING_SECONDS = 1;

/**
 * Throws an error that says what to do if there is no such herd, no such server, or it takes no lines from this client. It is asked
 * as the client will be: with the token, and without lines.
 */
export async function checkHerd({ url, server, near, token }: HerdClientOptions, attempt: string): Promise<void> {
  const asked = server ?? (await fetchNearest(url, near, attempt));
  const address = new URL(asked === undefined ? "/nearest" : `/servers/${encodeURIComponent(asked)}`, url);
  const answer = await askHerd(address, { method: "POST", token });
  const { status, text, retryAfterSeconds = Infinity } = answer;
  if (status < 300 && text !== "") throw notReachable(url, "what answers there is not a herd.");
  if (status < 400 || (status === 503 && retryAfterSeconds <= STARTING_SECONDS)) return;
  const named = server === undefined ? attempt : `${attempt} at ${JSON.stringify(server)}`;
  // A token is for all commands, not for this one.
  const whole = status === 401 ? `connect to ${asked ?? "the nearest server"}` : named;
  if (server === undefined || !isOutOfService(answer))
    throw refusalFailure(address.origin, answer, { attempt: whole, token }, asked);
  const advice = `\`${PROGRAM} resume ${server}\` brings it back; without --server the nearest that answers is used`;
  throw new CommandFailure(EXIT.refused, `Cannot ${whole}: it is out of service; ${advice}`);
}

/** The address options of the client library. */
export function addressOf({ url, server, near, token = "", clock }: HerdClientOptions) {
  const where =
    server === undefined ? { nearest: true, ...(near !== undefined && { near: degreesOf(near) }) } : { server };
  return { url, ...where, ...(token !== "" && { token }), ...(clock !== undefined && { clock }) };
}

/** By the code of an error of the client library. All others are refusals. */
const EXIT_OF: Readonly<Record<string, ExitCode>> = {
  invalid: EXIT.usage,
  syntax: EXIT.usage,
  range: EXIT.usage,
  unreachable: EXIT.notReachable,
};

/** An error of the client library as the failure with which the command ends. */
export function asFailure(error: unknown, { token }: HerdClientOptions): unknown {
  if (!(error instanceof HerdError)) return error;
  if (error.code === "token refused")
    return new CommandFailure(
      EXIT.refused,
      `Cannot connect: ${tokenAdvice(token, "client", error.message.replace(/^.* HTTP \d+: /, ""))}`,
      {
        cause: error,
        code: error.code,
      },
    );
  const exitCode = EXIT_OF[error.code] ?? EXIT.refused;
  // Settings are for programs; a person has options.
  return new CommandFailure(exitCode, error.message.replaceAll(/ \(settings\.\w+\)/g, ""), {
    cause: error,
    code: error.code,
  });
}
