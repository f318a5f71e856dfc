// A gateway to a herd that takes TCP itself, so that its answers can be compared with the herd's own.

import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findFreePorts } from "../../scripts/local/ports.ts";
import { HerdCommand } from "../support/herd-command.ts";
import { HerdProcess, runScript } from "../support/herd-process.ts";
import { sayOverTcp } from "../../scripts/local/tcp-lines.ts";

let herd: HerdProcess;
let gateway: HerdCommand;
let closing: HerdCommand;
let port: number;
let closingPort: number;

beforeAll(async () => {
  herd = await HerdProcess.create();
  await herd.start();
  [port = 0, closingPort = 0] = await findFreePorts(2);
  const command = ["gateway", "--url", herd.url, "--server", "Alford", "--host", "127.0.0.1", "--first-port"];
  gateway = new HerdCommand([...command, String(port)]);
  closing = new HerdCommand([...command, String(closingPort), "--close-after-answer"]);
  await Promise.all([gateway.prints(/Ctrl-C/), closing.prints(/Ctrl-C/)]);
});

afterAll(async () => {
  await Promise.all([gateway.interrupt(), closing.interrupt()]);
  await herd.remove();
});

/** Sends each part when the one before has left, does not end its side, and returns all that comes until the other end closes. */
async function sayAndWait(atPort: number, ...parts: readonly string[]): Promise<string> {
  const socket = connect({ port: atPort, host: "127.0.0.1", noDelay: true });
  for (const part of parts) await new Promise((sent) => socket.write(part, sent));
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

describe("a gateway", () => {
  test.each([
    { what: "commands and their answers", input: "IAMAT g1 +34.06-118.4 1\nWHATSAT g1 10 2\nIAMAT g1 +1+1 0\n" },
    { what: "a last line without LF", input: "IAMAT g2 +1+1 1\nIAMAT g2 +2+2 1" },
    { what: "what is no command, and nothing", input: "HELLO\n\n \t\r\nAT Alford +0.0 g3 +1+1 1\n" },
    { what: "a client that nobody knows", input: "WHATSAT stranger 1 1\nHELLO\n" },
    { what: "a line that is too long", input: `${"é".repeat(600)}\n${"x".repeat(300_000)}\nHELLO\n` },
    { what: "many lines", input: Array.from({ length: 700 }, (_, index) => `HELLO ${index}\n`).join("") },
    { what: "no line", input: "" },
  ])("[HC10] [HC35] answers $what as the herd does", async ({ input }) => {
    const own = await sayOverTcp(herd.tcpPort("Alford"), input);
    // The herd has the report now, so the same line gets the same answer.
    expect(await sayOverTcp(port, input)).toBe(own);
  });

  test("[HC10] [HC35] passes on bytes that are not UTF-8, and lines that are cut anywhere", async () => {
    const answer = new Promise<Buffer>((resolve) => {
      const socket = connect({ port, host: "127.0.0.1", noDelay: true });
      const chunks: Buffer[] = [];
      socket.on("data", (data) => chunks.push(data));
      socket.on("end", () => resolve(Buffer.concat(chunks)));
      const bytes = Buffer.from("HE\xFF\xFELLO\r\nIAMAT g4", "latin1");
      for (const byte of bytes) socket.write(Buffer.of(byte));
      socket.end(" +1+1\n");
    });
    expect(await answer).toEqual(Buffer.from("? HE\xFF\xFELLO\r\n? IAMAT g4 +1+1\n", "latin1"));
  });

  test("[HC10] sends watched clients' reports while the connection lasts", async () => {
    const socket = connect({ port, host: "127.0.0.1" });
    let told = "";
    socket.on("data", (data) => (told += data.toString()));
    socket.write("WATCH g5\n");
    await expect.poll(() => told).toBe("WATCH g5\n");
    await sayOverTcp(herd.tcpPort("Alford"), "IAMAT g5 +1+1 1\n");
    await expect.poll(() => told).toMatch(/^WATCH g5\nAT Alford \S+ g5 \+1\+1 1\n$/);
    socket.end();
    await new Promise((resolve) => socket.once("close", resolve));
    expect(told).not.toContain("end-");
  });

  test("[HC36] closes after the answer, for clients that read to the end", async () => {
    expect(await sayAndWait(closingPort, "IAMAT g6 +34.06", "-118.4 1\n")).toMatch(
      /^AT Alford \S+ g6 \+34.06-118.4 1\n$/,
    );
    expect(await sayAndWait(closingPort, "WHATSAT g6 10 1\n")).toMatch(/^AT Alford [^]*"Beverly Hills"[^]*\}\n\n$/);
    expect(await sayAndWait(closingPort, "ONE\nTWO\n")).toBe("? ONE\n? TWO\n");
    expect(await sayAndWait(closingPort, "WHATSAT stranger 1 1\n")).toBe("");
  });

  test("[HC10] closes connections for a drained server, and says why", async () => {
    const operator = ["--url", herd.url, "Alford"];
    await runScript("herd.ts", ["drain", ...operator]);
    expect(await sayOverTcp(port, "HELLO\n").catch(() => "")).toBe("");
    await gateway.prints(/servers\/Alford does not take a connection: .*503/);
    await runScript("herd.ts", ["resume", ...operator]);
    expect(await sayOverTcp(port, "HELLO\n")).toBe("? HELLO\n");
  });

  test("[HC19] [HC37] listens on localhost if no --host is given", async () => {
    const [freePort = 0] = await findFreePorts(1);
    const command = ["gateway", "--url", herd.url, "--server", "Alford", "--first-port", String(freePort)];
    const local = new HerdCommand(command);
    await local.prints(new RegExp(`^Alford +localhost:${freePort} -> `, "m"));
    expect(await local.interrupt()).toBe(0);
  });

  test("[HC16] [HC20] on ports that are taken says what to do", async () => {
    const { code, output } = await runScript("herd.ts", ["gateway", "--url", herd.url, "--host", "127.0.0.1"]);
    const taken = herd.tcpPort("Alford");
    expect(output).toContain(`Cannot listen on 127.0.0.1:${taken}: another program does`);
    expect(output).toContain("--first-port");
    expect(code).toBe(1);
  });
});
