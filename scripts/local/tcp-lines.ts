// Lines over TCP, as `nc` sends them: all input at once, then its end, then all answers until the server closes.

import { connect } from "node:net";

export function sayOverTcp(port: number, input: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
    const parts: Buffer[] = [];
    socket.on("data", (data) => parts.push(data));
    socket.on("error", reject);
    // After an end or an error this does nothing.
    socket.on("close", () => reject(new Error(`The connection to port ${port} closed before its answers were whole`)));
    socket.on("end", () => {
      socket.destroy();
      resolve(Buffer.concat(parts).toString());
    });
    socket.end(input);
  });
}
