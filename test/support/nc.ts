// `nc -N localhost PORT` for machines that have none, or another: says its input over TCP, and prints what is answered.

import { text } from "node:stream/consumers";
import { sayOverTcp } from "./tcp-lines.ts";

const port = Number(process.argv.at(-1));
process.stdout.write(await sayOverTcp(port, await text(process.stdin)));
