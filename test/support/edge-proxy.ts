// What stands before a deployment of another zone: whoever comes through has the one address that Cloudflare gives to the
// requests of Workers of other zones, whatever they say of it themselves.

import { connect, createServer, type AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

/** The one address (documentation, 2026-11-26). */
const EDGE_ADDRESS = "2a06:98c0:3600::103";

const HEAD_END = "\r\n\r\n";

/** Passes each connection on to that port of this machine. Returns its own address. */
export async function edgeProxy(port: number): Promise<string> {
  const server = createServer((socket) => {
    const far = connect(port, "127.0.0.1");
    for (const end of [socket, far]) end.on("error", () => undefined);
    let head = "";
    const readHead = (data: Buffer) => {
      head += data.toString("latin1");
      const end = head.indexOf(HEAD_END);
      if (end < 0) return;
      socket.off("data", readHead);
      const lines = head.slice(0, end).split("\r\n");
      const others = lines.filter((line) => !/^cf-connecting-ip:/i.test(line));
      far.write(Buffer.from([...others, `CF-Connecting-IP: ${EDGE_ADDRESS}`].join("\r\n") + head.slice(end), "latin1"));
      socket.pipe(far);
    };
    socket.on("data", readHead);
    far.pipe(socket);
    socket.on("close", () => far.destroy());
    far.on("close", () => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
