// `connect` when its connection is lost: at a prompt it continues, in a pipe it is an error.

import { PassThrough } from "node:stream";
import { expect, onTestFinished, test } from "vitest";
import { runLineSession } from "../../../src/cli/prompt/line-session.ts";
import { EXIT } from "../../../src/cli/terminal/failure.ts";
import { LineConnection } from "../../../src/client/index.ts";
import { PlayedServer } from "../../support/played-server.ts";

const SETTINGS = { retrySecondsMin: 0.01, retrySecondsMax: 0.02 } as const;

async function session(isTTY: boolean) {
  const played = await PlayedServer.start();
  const connection = new LineConnection({ url: played.url, server: "Alford", settings: SETTINGS });
  onTestFinished(() => connection.close());
  const input = Object.assign(new PassThrough(), { isTTY });
  const output = Object.assign(new PassThrough(), { isTTY, columns: 80 });
  const shown = { text: "" };
  output.on("data", (data: Buffer) => (shown.text += data.toString()));
  const ended = runLineSession(connection, { input, output, isHistoryKept: false });
  return { played, input, shown, ended };
}

test("[HC27] at a prompt a lost connection is said to be lost, and made again", async () => {
  const { played, input, shown, ended } = await session(true);
  const first = await played.accepts();
  await expect.poll(() => shown.text).toContain("Connected to Alford.");
  first.close(1001, "Alford is out of service");
  await expect.poll(() => shown.text).toMatch(/No connection: Alford is out of service\. Next try in 0\.0 s\./);
  const second = await played.accepts();
  await expect.poll(() => shown.text).toContain("Connected to Alford again.");
  input.write("HELLO\r");
  expect(await second.hears()).toBe("HELLO");
  input.write("\u0004");
  await ended;
});

test("[HC18] [HC28] in a pipe a connection that is lost before the last answer is an error", async () => {
  const { played, input, shown, ended } = await session(false);
  input.end("ONE\nTWO\n");
  const connection = await played.accepts();
  expect(await connection.hears()).toBe("ONE");
  connection.says("? ONE");
  connection.close(1001, "going away");
  await expect(ended).rejects.toMatchObject({
    exitCode: EXIT.notReachable,
    message: "Cannot get all answers: the connection was lost (going away). Send the lines again.",
  });
  expect(shown.text).toBe("? ONE\n");
});
