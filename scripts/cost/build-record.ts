// Counts the loads of docs/costs.md anew, and writes docs/costs.json: `npm run build:costs`. Then `npm run build:docs` writes the page.

import { loadOf, MONTHS, RATES, writeCosts } from "./cost-record.ts";
import { costOf } from "./cost-report.ts";

await writeCosts([...RATES, ...MONTHS].map((recorded) => ({ ...recorded, ...costOf(loadOf(recorded)) })));
