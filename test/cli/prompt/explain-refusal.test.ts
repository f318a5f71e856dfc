// What a person reads below a refusal: the cause that is there, and no other.

import { expect, test } from "vitest";
import { explainRefusal } from "../../../src/cli/prompt/explain-refusal.ts";
import { parseRefusal } from "../../../src/core/protocol/refusal.ts";

const NOW_MILLIS = 1_795_339_139_977;

function explained(answer: string): string {
  const refusal = parseRefusal(answer);
  if (refusal === undefined) throw new Error(`Expected a refusal: ${answer}`);
  return explainRefusal(refusal, NOW_MILLIS);
}

test.each([
  ["?syntax hello", 'There is no command "hello". Type help for the commands.'],
  ["?syntax iamat kiwi +1+1 1", 'There is no command "iamat". Did you mean IAMAT? Commands are in capital letters.'],
  ["?syntax WHATSIT kiwi 1 1", 'There is no command "WHATSIT". Did you mean WHATSAT?'],
  ["?syntax AT Alford +0.1 kiwi +1+1 1", "AT is what servers say."],
  ["?syntax IAMAT kiwi +1+1", "The time is missing, such as 1795339139.977: IAMAT <client> <location> <time>"],
  ["?syntax WHATSAT kiwi", "The radius and the items are missing, such as 10: WHATSAT <client> <radius> <items>"],
  ["?syntax IAMAT ki wi +1+1 1", "That is 1 too many: IAMAT <client> <location> <time>"],
  ["?syntax IAMAT kiwi 34,-118 1", "Location is not ±lat±lon"],
  ["?syntax IAMAT kiwi +1+1 NOW", "Time is neither POSIX seconds nor now"],
  ["?range IAMAT kiwi +91+1 1", "Location is out of range"],
  ["?range WHATSAT kiwi 100 5", "Radius must be more than 0 and at most 50"],
  ["?range WHATSAT kiwi 10 21", "Items must be 1 to 20"],
  [`?range ${"x".repeat(1024)}`, "The line is longer than this server takes"],
  ["?syntax IAMAT bad\uFFFD +1+1 1", "bytes that are not UTF-8"],
  ["?syntax WATCH kiwi 01", "Seconds are not a whole number. The form is WATCH <client or *> [<seconds>]"],
  ["?syntax WATCH kiwi 5 6", "That is 1 too many: WATCH <client or *> [<seconds>]"],
  ["?syntax WATCH * 5", "A silence is of one client"],
  ["?range WATCH kiwi 0", "Seconds must be 1 to limits.silenceSecondsMax"],
  ["?range WATCH kiwi 999999", "longer than this server waits for (limits.silenceSecondsMax)"],
  ["? WHATSAT kiwi 10 21", "Items must be 1 to 20"],
  ["?clock IAMAT kiwi +1+1 9999999999", "it is now 1795339139.977"],
  ["?forbidden WHATSAT emu 1 1", 'The token does not allow WHATSAT for "emu".'],
  ["?pace=0.35 WHATSAT emu 1 1", "say it again in 0.35 s"],
  ["?full WATCH emu", "UNWATCH another client first"],
  ["?full IAMAT emu +1+1 1", "takes no new one"],
  ["?storage IAMAT emu +1+1 1", "The server's storage is full"],
  ["?storage FORGET emu", "it forgets nobody until there is room"],
  ["?syntax FORGET", "The client is missing, such as kiwi: FORGET <client>"],
  ["?syntax FORGET *", "* means all clients. The form is FORGET <client>"],
  ["?syntax FORGET kiwi emu", "That is 1 too many: FORGET <client>"],
  ["?syntax FORGT kiwi", 'There is no command "FORGT". Did you mean FORGET?'],
  ["?forbidden FORGET emu", 'The token does not allow FORGET for "emu".'],
  ["?unknown WHATSAT emu 1 1", 'No report of "emu" has reached this server yet.'],
  ["?later WHATSAT emu 1 1", "The server gives no reason."],
])("[HC41] %s", (answer, words) => {
  expect(explained(answer)).toContain(words);
  expect(explained(answer)).not.toMatch(/\bor\b.*\bor\b/);
});
