// A Worker that makes a journey with the client library. The request has the options; the answer tells the course.
//
// The answer has a line of JSON for each acknowledged report, then one with the outcome. The bundle decides which library it is.

import type { connect, HerdOptions } from "../../src/client/herd.ts";
import { travel, type Journey } from "./client-journey.ts";

export interface JourneyRequest {
  readonly herd: HerdOptions;
  readonly journey: Omit<Journey, "onAcknowledged">;
}

export function journeyWorker(connectTo: typeof connect): { fetch(request: Request): Promise<Response> } {
  return {
    fetch: async (request) => {
      const { herd: options, journey } = (await request.json()) as JourneyRequest;
      const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
      const writer = writable.getWriter();
      const write = (told: object) => writer.write(new TextEncoder().encode(`${JSON.stringify(told)}\n`));
      const go = async () => {
        const herd = connectTo(options);
        try {
          await write(await travel(herd, { ...journey, onAcknowledged: (count) => void write({ count }) }));
        } catch (error) {
          await write({ error: String(error) });
        }
        await herd.close();
        await writer.close();
      };
      void go();
      return new Response(readable);
    },
  };
}
