// A process that hosts part of a herd, to be killed: `node test/support/herd-host.ts '<options as JSON>'`.
//
// Prints its address when it is up, and then each line that the servers log.

import { startMiniflareHerd, type MiniflareHerdOptions } from "../../scripts/local/miniflare-herd.ts";

const options = JSON.parse(process.argv[2] ?? "") as MiniflareHerdOptions;
const herd = startMiniflareHerd(options);
console.log(`up at ${(await herd.ready).href}`);
