// `nc -N localhost PORT`, for machines without it or with another one: sends its input over TCP and prints the answers.

import { text } from "node:stream/consumers";
import { sayOverTcp } from "../../scripts/local/tcp-lines.ts";

const port = Number(process.argv.at(-1));
process.stdout.write(await sayOverTcp(port, await text(process.stdin)));
