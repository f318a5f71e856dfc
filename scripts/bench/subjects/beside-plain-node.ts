// This herd beside the paper's design in plain Node: what is lost when something goes wrong, and how fast each answers. Keeps BM6.
//
// Both take the same lines over TCP on this machine. docs/assessment.md says what the results show.

import { setTimeout as sleep } from "node:timers/promises";
import { sayOverTcp } from "../../local/tcp-lines.ts";
import type { Run, Subject, Trial } from "../harness/subject.ts";
import { LineLoad } from "../testbed/line-load.ts";
import type { TcpHerd } from "../testbed/tcp-herd.ts";
import type { Testbed } from "../testbed/testbed.ts";
import { clientName, iamats } from "../testbed/workload.ts";
import { SERVERS } from "./herds.ts";

/** Clients that report before something goes wrong. */
const CLIENTS = 500;

/** Reports that are not known yet count as lost if no further one becomes known for this time. */
const SETTLE_MILLIS = 3000;

const ASK_AGAIN_MILLIS = 100;

/** A speed swings with the machine; what is lost is the same in each round. */
const SPEED_ROUNDS_MAX = 3;

export const besidePlainNode: readonly Subject[] = [
  lossSubject("reports found after an absence", foundAfterAbsence),
  lossSubject("reports known after a power cut", knownAfterPowerCut),
  lossSubject("clients heard after a bad clock", heardAfterBadClock),
  speedSubject(1),
  speedSubject(64),
];

function lossSubject(what: string, shareOf: (herd: TcpHerd, round: number) => Promise<number>): Subject {
  const name = `beside plain Node: ${what}`;
  const runOf = (herd: TcpHerd): Run => {
    let round = 0;
    return async () => ({ value: 100 * (await shareOf(herd, round++)) });
  };
  return { name, unit: "%", isQuick: false, roundsMax: 1, prepare: (testbed) => trialOf(testbed, name, runOf) };
}

function speedSubject(outstanding: number): Subject {
  const name = `beside plain Node: IAMAT over TCP × ${outstanding}`;
  return {
    name,
    unit: "lines/s",
    isQuick: false,
    roundsMax: SPEED_ROUNDS_MAX,
    prepare: (testbed) =>
      trialOf(testbed, name, (herd) => {
        let run = 0;
        return async () => {
          const load = await openLoad(herd, outstanding, 0);
          const { linesPerSecond } = await load.run(testbed.runMillis);
          await load.close();
          await floodEnd(herd, `end-${run++}`);
          return { value: linesPerSecond };
        };
      }),
  };
}

async function trialOf(testbed: Testbed, name: string, runOf: (herd: TcpHerd) => Run): Promise<Trial> {
  const herd = await testbed.tcpHerd(name, SERVERS);
  const plain = await testbed.plainNodeHerd(SERVERS);
  const finish = async () => {
    await Promise.all([herd.end(), plain.end()]);
  };
  return { value: runOf(herd), baseline: runOf(plain), finish };
}

/** Of the reports that Alford takes while Parker is away, the share that Hamilton, behind Parker, knows afterwards. */
async function foundAfterAbsence(herd: TcpHerd, round: number): Promise<number> {
  await herd.takeAway("Parker");
  const clients = await report(herd, round);
  // The other way to Bolden, over Powell, is still there. When Bolden knows all, the flood is over.
  const share = await shareKnown(herd, "Bolden", clients);
  if (share < 1) throw new Error(`Cannot measure an absence: only ${100 * share} % of the reports came to Bolden`);
  await herd.bringBack("Parker");
  return shareKnown(herd, "Hamilton", clients);
}

/** Of the reports that Alford takes, the share that it knows after a power cut. */
async function knownAfterPowerCut(herd: TcpHerd, round: number): Promise<number> {
  const clients = await report(herd, round);
  await herd.cutPower();
  return shareKnown(herd, "Alford", clients);
}

/** 1 if the server takes an honest time after the client once sent a time in the year 2096, otherwise 0. */
async function heardAfterBadClock(herd: TcpHerd): Promise<number> {
  const lines = "IAMAT bad-clock +1+1 4000000000\nIAMAT bad-clock +2+2 1400794645\n";
  const [, answer = ""] = (await sayOverTcp(herd.tcpPort("Alford"), lines)).split("\n");
  return answer.endsWith(" bad-clock +2+2 1400794645") ? 1 : 0;
}

/** Waits for the end of a flood, which would otherwise slow down the next run: a last report is known far away. */
async function floodEnd(herd: TcpHerd, client: string): Promise<void> {
  await sayOverTcp(herd.tcpPort("Alford"), `IAMAT ${client} +1+1 1\n`);
  for (const server of ["Bolden", "Hamilton"]) await shareKnown(herd, server, [client]);
}

/** Clients of that round report to Alford, which answers each report. */
async function report(herd: TcpHerd, round: number): Promise<string[]> {
  const load = await openLoad(herd, 64, round);
  await load.runLines(CLIENTS);
  await load.close();
  return Array.from({ length: CLIENTS }, (_, index) => clientName(round * CLIENTS + index));
}

/** The clients of each round are others than those of the rounds before. */
function openLoad(herd: TcpHerd, outstanding: number, round: number): Promise<LineLoad> {
  const workload = iamats("Alford", { clients: CLIENTS, from: round * CLIENTS });
  return LineLoad.open(`tcp://127.0.0.1:${herd.tcpPort("Alford")}`, { connections: 1, outstanding }, workload);
}

/** Asks again until the server knows all of the clients, or no further one. */
async function shareKnown(herd: TcpHerd, server: string, clients: readonly string[]): Promise<number> {
  const lines = clients.map((client) => `WHATSAT ${client} 0.001 1\n`).join("");
  let most = 0;
  for (let since = performance.now(); most < clients.length && performance.now() - since < SETTLE_MILLIS;) {
    const answers = (await sayOverTcp(herd.tcpPort(server), lines)).split("\n");
    const known = answers.filter((answer) => answer.startsWith("AT ")).length;
    if (known > most) since = performance.now();
    most = Math.max(most, known);
    if (most < clients.length) await sleep(ASK_AGAIN_MILLIS);
  }
  return most / clients.length;
}
