// A process that hosts a part of a herd, for tests that kill it: `node test/support/herd-host.ts '<options as JSON>'`.
//
// It prints its address when it is up, and then each line that its servers log.

import { startMiniflareHerd, type MiniflareHerdOptions } from "../../scripts/local/miniflare-herd.ts";

const options = JSON.parse(process.argv[2] ?? "") as MiniflareHerdOptions;
const herd = startMiniflareHerd(options);
console.log(`up at ${(await herd.ready).href}`);
