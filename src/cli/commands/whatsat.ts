// `whatsat`: where a client is, and what is near it. Keeps HC26 and HC64.

import { Command } from "commander";
import { ageSecondsOf, type WhatsatAnswer } from "../../client/index.ts";
import { greatCircleKm } from "../../core/geo/nearest-server.ts";
import { PLACES_ITEMS_MAX, type Place } from "../../core/protocol/places.ts";
import { CommandFailure, EXIT } from "../terminal/failure.ts";
import { withHerd, type HerdClientOptions } from "../net/herd-client.ts";
import { printReport } from "../net/print-report.ts";
import { addExamples } from "../terminal/help-text.ts";
import {
  jsonOption,
  nearOption,
  positiveNumber,
  quietOption,
  serverOption,
  tokenOption,
  urlOption,
  wholeNumber,
} from "../terminal/options.ts";
import { plainTable, type Column } from "../terminal/plain-table.ts";
import { printable, printJson } from "../terminal/print.ts";
import { PROGRAM } from "../terminal/program-name.ts";

interface Options extends HerdClientOptions {
  readonly json?: true;
  readonly quiet?: true;
}

const COLUMNS: readonly Column[] = [
  { title: "km", align: "right" },
  { title: "place" },
  { title: "kind" },
  { title: "in" },
];

export function whatsat(): Command {
  const command = new Command("whatsat")
    .description("prints where a client is and what is near it")
    .argument("<client>", "the client")
    .argument("[km]", "how far around it, at most 50", positiveNumber, 10)
    .argument("[items]", "places at most", wholeNumber(1, PLACES_ITEMS_MAX), 10)
    .addOption(urlOption())
    .addOption(serverOption())
    .addOption(nearOption())
    .addOption(tokenOption())
    .addOption(jsonOption("the report and the places"))
    .addOption(quietOption())
    .action(async (client: string, km: number, items: number, options: Options) => {
      const attempt = `ask about ${JSON.stringify(client)}`;
      const answer = await withHerd(options, attempt, (herd) => herd.whatsat(client, { km, items }));
      const { quiet, json } = options;
      const ageSeconds = ageSecondsOf(answer.report);
      if (json) printJson({ ...answer, report: { ...answer.report, ageSeconds } });
      else if (!quiet) show(answer);
      const { status, error_message: reason = "no reason given" } = answer.places;
      if (status !== "OK" && status !== "ZERO_RESULTS")
        throw new CommandFailure(EXIT.refused, `Cannot get places: ${status}: ${printable(reason)}`);
    });
  return addExamples(
    command,
    [`${PROGRAM} whatsat kiwi 10 5`, `${PROGRAM} whatsat kiwi --json | jq -r '.places.results[].name'`],
    `Ends with ${EXIT.refused} if the server does not know the client, or no places are to be had.`,
  );
}

function show({ report, places }: WhatsatAnswer): void {
  printReport(report, {});
  const rows = places.results.map((place) => rowOf(place, report.location));
  if (rows.length > 0) console.log(plainTable(COLUMNS, rows));
  else if (places.status === "ZERO_RESULTS") console.log("No place is that near.");
  for (const credit of places.html_attributions) console.log(printable(textOf(credit)));
}

function rowOf(place: Place, from: WhatsatAnswer["report"]["location"]): string[] {
  const { lat: latitude, lng: longitude } = place.geometry.location;
  const { types, vicinity } = place as { readonly types?: unknown; readonly vicinity?: unknown };
  const [kind] = Array.isArray(types) ? (types as readonly unknown[]) : [];
  return [
    greatCircleKm(from, { latitude, longitude }).toFixed(1),
    place.name,
    typeof kind === "string" ? kind.replaceAll("_", " ") : "",
    typeof vicinity === "string" ? vicinity : "",
  ];
}

/** The text of a credit, which is HTML. A link loses its address, which --json prints. */
function textOf(html: string): string {
  const entities: Readonly<Record<string, string>> = {
    "&amp;": "&",
    "&lt;": "<",
    "&gt;": ">",
    "&quot;": '"',
    "&#39;": "'",
  };
  return html.replaceAll(/<[^>]*>/g, "").replaceAll(/&\w+;|&#39;/g, (entity) => entities[entity] ?? entity);
}
