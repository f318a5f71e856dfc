// Clients that send and never read. Bytes pile up at the server once the machine's own buffers are full.

import { request } from "node:http";
import { connect, type Socket } from "node:net";

/** A line connection over TCP. */
export async function deafTcp(port: number): Promise<Socket> {
  const socket = connect({ port, host: "127.0.0.1" });
  socket.pause();
  await new Promise<void>((resolve) => socket.once("connect", resolve));
  return socket;
}

/** A WebSocket, as a bare socket after its upgrade. */
export async function deafWebSocket(url: string): Promise<Socket> {
  const headers = {
    Connection: "Upgrade",
    Upgrade: "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": Buffer.alloc(16).toString("base64"),
  };
  return new Promise((resolve, reject) => {
    const upgrade = request(url, { headers });
    upgrade.once("upgrade", (_response, socket) => {
      socket.pause();
      resolve(socket);
    });
    upgrade.once("error", reject);
    upgrade.end();
  });
}

/** A text message as a client's frame (RFC 6455, 5.2), masked with zeros; 126 to 65,535 bytes. */
export function frameOf(text: string): Buffer {
  const payload = Buffer.from(text);
  const header = Buffer.alloc(8);
  header[0] = 0x81;
  header[1] = 0x80 | 126;
  header.writeUInt16BE(payload.length, 2);
  return Buffer.concat([header, payload]);
}
