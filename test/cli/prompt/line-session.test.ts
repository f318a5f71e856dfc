// `connect`: at a prompt a lost connection is made again, and refusals are explained. In a pipe bytes stay as they are.

import { PassThrough } from "node:stream";
import { expect, onTestFinished, test } from "vitest";
import { LineSocket } from "../../../src/cli/net/line-socket.ts";
import { lineAsJson } from "../../../src/cli/prompt/line-as-json.ts";
import { pipeLines } from "../../../src/cli/prompt/pipe-lines.ts";
import { promptForLines } from "../../../src/cli/prompt/prompt-for-lines.ts";
import { EXIT } from "../../../src/cli/terminal/failure.ts";
import { LineConnection } from "../../../src/client/index.ts";
import { PlayedServer } from "../../support/played-server.ts";

const SETTINGS = { retrySecondsMin: 0.01, retrySecondsMax: 0.02 } as const;

async function prompt() {
  const played = await PlayedServer.start();
  const connection = new LineConnection({ url: played.url, server: "Alford", settings: SETTINGS });
  onTestFinished(() => connection.close());
  const input = Object.assign(new PassThrough(), { isTTY: true });
  const output = Object.assign(new PassThrough(), { isTTY: true, columns: 80 });
  const shown = { text: "" };
  output.on("data", (data: Buffer) => (shown.text += data.toString()));
  const ended = promptForLines(connection, { input, output, isHistoryKept: false });
  const server = await played.accepts();
  await expect.poll(() => shown.text).toContain("Connected to Alford.");
  return { played, server, input, shown, ended };
}

async function pipe(format?: typeof lineAsJson) {
  const played = await PlayedServer.start();
  const socket = await LineSocket.open({ url: played.url, server: "Alford" });
  onTestFinished(() => socket.close());
  const input = new PassThrough();
  const output = new PassThrough();
  const chunks: Buffer[] = [];
  output.on("data", (data: Buffer) => chunks.push(data));
  const ended = pipeLines(socket, { input, output }, format);
  const server = await played.accepts();
  return { server, input, written: () => Buffer.concat(chunks), ended };
}

test("[HC27] at a prompt a lost connection is said to be lost, and made again", async () => {
  const { played, server, input, shown, ended } = await prompt();
  server.close(1001, "Alford is out of service");
  await expect.poll(() => shown.text).toMatch(/No connection: Alford is out of service\. Next try in 0\.0 s\./);
  const second = await played.accepts();
  await expect.poll(() => shown.text).toContain("Connected to Alford again.");
  input.write("HELLO\r");
  expect(await second.hears()).toBe("HELLO");
  input.write("\u0004");
  await ended;
});

test("[HC41] at a prompt help shows the commands, and is not sent; a refusal is explained below it", async () => {
  const { server, input, shown, ended } = await prompt();
  input.write("help\r");
  await expect.poll(() => shown.text).toMatch(/IAMAT <client> <location> <time> +the client is there/);
  input.write("WHATSAT kiwi 100 5\r");
  expect(await server.hears()).toBe("WHATSAT kiwi 100 5");
  server.says("?range WHATSAT kiwi 100 5");
  await expect.poll(() => shown.text).toContain("Radius must be more than 0 and at most 50");
  input.write("quit\r");
  await ended;
});

test("[HC40] at a prompt bytes that are no text are not sent as another text; only LN2's white space makes an empty line", async () => {
  const { server, input, shown, ended } = await prompt();
  input.write(Buffer.from("IAMAT ki\xFFwi +1+1 1\r", "latin1"));
  await expect.poll(() => shown.text).toContain("Not sent: it has bytes that are not UTF-8");
  input.write("\u00A0\r \t\rIAMAT ki\u2028wi\u2029 +1+1 1\rIAMAT kiwi +1+1 1\r");
  expect(await server.hears()).toBe("\u00A0");
  expect(await server.hears()).toBe("IAMAT ki\u2028wi\u2029 +1+1 1");
  expect(await server.hears()).toBe("IAMAT kiwi +1+1 1");
  input.write("\u0004");
  await ended;
});

test("[HC18] [HC28] in a pipe a connection that is lost before the last answer is an error", async () => {
  const { server, input, written, ended } = await pipe();
  input.end("ONE\nTWO\n");
  expect(await server.hears()).toBe("ONE");
  server.says("?syntax ONE");
  server.close(1001, "going away");
  await expect(ended).rejects.toMatchObject({
    exitCode: EXIT.notReachable,
    message: "Cannot get all answers: the connection was lost (going away). Send the lines again.",
  });
  expect(written().toString()).toBe("?syntax ONE\n");
});

test("[HC41] [HC43] in a pipe with --json each line is an object, and a refusal says why", async () => {
  const { server, input, written, ended } = await pipe(lineAsJson);
  input.end("WHATSAT kiwi 100 5\nIAMAT kiwi +1+1 1\n");
  const [first, second, mark] = [await server.hears(), await server.hears(), await server.hears()];
  server.says(`?range ${first}`, `?pace=0.35 ${second}`, mark);
  await ended;
  const lines = written()
    .toString()
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as unknown);
  expect(lines).toEqual([
    {
      line: "?range WHATSAT kiwi 100 5",
      code: "range",
      refused: "WHATSAT kiwi 100 5",
      why: expect.stringContaining("Radius must be more than 0 and at most 50"),
    },
    {
      line: "?pace=0.35 IAMAT kiwi +1+1 1",
      code: "pace",
      refused: "IAMAT kiwi +1+1 1",
      retryAfterSeconds: 0.35,
      why: "That was too much at once: say it again in 0.35 s.",
    },
  ]);
});
